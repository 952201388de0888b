using System.Text;
using Mirror.Storage.S3;
using Mirror.Tests.Servers;

namespace Mirror.Storage.Tests.S3;

/// <summary>What a server can send that has no end.</summary>
public sealed class S3EndlessAnswerTests
{
    private static CancellationToken Late => new CancellationTokenSource(TimeSpan.FromMinutes(2)).Token;

    [Theory]
    [InlineData("<ListBucketResult><Contents><Key>", "k")]
    [InlineData("<ListBucketResult>", "<Contents><Key>a</Key></Contents>")]
    [InlineData("<ListBucketResult ", "a=''")]
    public async Task A_page_without_an_end_is_read_to_a_limit(string beginning, string piece)
    {
        var endless = new EndlessAnswer(200, beginning, piece);
        await using var server = new FakeServer(endless.HandleAsync);

        var failure = await FailsAsync(StorageFailure.Unavailable, server, ListAsync);

        Assert.EndsWith($": an answer is longer than {BoundedAnswers.LargestPage.Size} bytes", failure.Message, StringComparison.Ordinal);
        Assert.Single(server.Requests);
        Assert.InRange(endless.Sent, 0, BoundedAnswers.LargestPage.Size + EndlessAnswer.Buffers);
    }

    [Fact]
    public async Task A_page_of_tags_alone_is_not_parsed()
    {
        var page = $"<ListBucketResult>{string.Concat(Enumerable.Repeat("<Contents/>", 200_000))}</ListBucketResult>";
        await using var server = new FakeServer(FakeAnswer.Ok("application/xml", Encoding.UTF8.GetBytes(page)));

        var failure = await FailsAsync(StorageFailure.Unavailable, server, ListAsync);

        Assert.EndsWith(
            ": a page of a listing has 200002 tags and quotes, for 1000 objects at most",
            failure.Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(403, StorageFailure.Denied)]
    [InlineData(400, StorageFailure.Invalid)]
    public async Task A_refusal_without_an_end_is_still_a_refusal(int status, StorageFailure expected)
    {
        var endless = new EndlessAnswer(status, "<Error><Message>", "words ");
        await using var server = new FakeServer(endless.HandleAsync);

        await FailsAsync(expected, server, store => store.PutAsync("a", new byte[10], WriteCondition.None, Late));

        Assert.InRange(endless.Sent, 0, EndlessAnswer.Buffers * server.Requests.Count);
    }

    [Fact]
    public async Task What_confirms_a_write_has_an_end()
    {
        var endless = new EndlessAnswer(200, "<", "a");
        await using var server = new FakeServer(endless.HandleAsync);

        await FailsAsync(StorageFailure.Unavailable, server, store => store.PutAsync("a", new byte[10], WriteCondition.None, Late));

        Assert.InRange(endless.Sent, 0, EndlessAnswer.Buffers * server.Requests.Count);
    }

    [Fact]
    public async Task A_page_that_stops_in_the_middle_is_given_up()
    {
        var time = new HandTime();
        await using var server = new FakeServer(FakeAnswer.Stall(
            "HTTP/1.1 200 Status\r\nContent-Length: 1000\r\n\r\n<ListBucketResult>"u8.ToArray()));
        var store = Open(server, time);

        var failure = await time.SkipPausesAsync(
            () => Assert.ThrowsAsync<StorageException>(() => ListAsync(store)), longest: TimeSpan.FromMinutes(1));

        Assert.Equal((StorageFailure.Unavailable, true), (failure.Failure, failure.IsTransient));
    }

    [Theory]
    [InlineData("a", "a")]
    [InlineData("a", "b", "a")]
    public async Task The_same_continuation_token_twice_is_an_error(params string[] tokens)
    {
        var pages = tokens.Select(token => FakeAnswer.Ok("application/xml", Encoding.UTF8.GetBytes(
            "<ListBucketResult><IsTruncated>true</IsTruncated>"
            + $"<NextContinuationToken>{token}</NextContinuationToken></ListBucketResult>")));
        await using var server = new FakeServer(FakeAnswer.InTurn([.. pages]));

        var failure = await FailsAsync(StorageFailure.Unavailable, server, ListAsync);

        Assert.EndsWith(
            "a listing goes round in a circle: the same continuation token came twice",
            failure.Message,
            StringComparison.Ordinal);
        Assert.Equal(tokens.Length, server.Requests.Count);
    }

    [Fact]
    public async Task Pages_that_come_just_in_time_have_an_end()
    {
        var (time, count) = (new HandTime(), 0);
        await using var server = new FakeServer(async (request, stream, cancellation) =>
        {
            time.Advance(TimeSpan.FromSeconds(50));
            var page = "<ListBucketResult><IsTruncated>true</IsTruncated>"
                + $"<NextContinuationToken>{++count}</NextContinuationToken></ListBucketResult>";
            await FakeAnswer.Ok("application/xml", Encoding.UTF8.GetBytes(page))(request, stream, cancellation);
        });

        var failure = await Assert.ThrowsAsync<StorageException>(() => ListAsync(Open(server, time)));

        Assert.Equal(StorageFailure.Unavailable, failure.Failure);
        Assert.EndsWith("a listing is not complete after 30 minutes", failure.Message, StringComparison.Ordinal);
        Assert.Equal(36, server.Requests.Count);
    }

    private static ObjectStore Open(FakeServer server, TimeProvider time) =>
        ObjectStore.OpenS3(new S3Location("bucket", "") { Endpoint = new Uri(server.Url) }, S3TestBucket.Login, time);

    private static Task ListAsync(ObjectStore store) => store.ListAsync("", Late).ToListAsync(Late).AsTask();

    private static async Task<StorageException> FailsAsync(StorageFailure expected, FakeServer server, Func<ObjectStore, Task> action)
    {
        var failure = await Assert.ThrowsAsync<StorageException>(() => action(Open(server, TimeProvider.System)));
        Assert.Equal((expected, failure.Message), (failure.Failure, failure.Message));
        return failure;
    }
}
