using Mirror.Storage.S3;
using Mirror.Tests.Servers;

namespace Mirror.Storage.Tests.S3;

public sealed class S3EndlessAnswerTests : EndlessAnswerTests
{
    private protected override long LargestPage => BoundedAnswers.LargestPage.Size;

    private protected override (string Page, string Words) Tags =>
        ($"<ListBucketResult>{string.Concat(Enumerable.Repeat("<Contents/>", 200_000))}</ListBucketResult>",
            "200002 tags and quotes, for 1000 objects at most");

    [Theory]
    [InlineData("<ListBucketResult><Contents><Key>", "k")]
    [InlineData("<ListBucketResult>", "<Contents><Key>a</Key></Contents>")]
    [InlineData("<ListBucketResult ", "a=''")]
    public Task A_page_without_an_end_is_read_to_a_limit(string beginning, string piece) => AssertReadToTheLimitAsync(beginning, piece);

    [Theory]
    [InlineData(403, StorageFailure.Denied)]
    [InlineData(400, StorageFailure.Invalid)]
    public Task A_refusal_without_an_end_is_still_a_refusal(int status, StorageFailure expected) =>
        AssertGivenUpAsync(new EndlessAnswer(status, "<Error><Message>", "words "), expected, PutAsync);

    [Fact]
    public Task What_confirms_a_write_has_an_end() =>
        AssertGivenUpAsync(new EndlessAnswer(200, "<", "a"), StorageFailure.Unavailable, PutAsync);

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

    private protected override ObjectStore Open(FakeServer server, TimeProvider time) =>
        ObjectStore.OpenS3(new S3Location("bucket", "") { Endpoint = new Uri(server.Url) }, S3TestBucket.Login, time);

    private protected override string PageBefore(string marker) => "<ListBucketResult><IsTruncated>true</IsTruncated>"
        + $"<NextContinuationToken>{marker}</NextContinuationToken></ListBucketResult>";

    private static Task PutAsync(ObjectStore store) => store.PutAsync("a", new byte[10], WriteCondition.None, Late);
}
