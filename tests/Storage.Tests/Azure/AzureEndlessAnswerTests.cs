using System.Text;
using Mirror.Storage.Azure;
using Mirror.Tests.Servers;

namespace Mirror.Storage.Tests;

/// <summary>What a server can send that has no end.</summary>
public sealed class AzureEndlessAnswerTests
{
    private CancellationToken Late { get; } = new CancellationTokenSource(TimeSpan.FromMinutes(2)).Token;

    [Theory]
    [InlineData("<EnumerationResults><Blobs><Blob><Name>", "k")]
    [InlineData("<EnumerationResults><Blobs>", "<Blob><Name>a</Name></Blob>")]
    public async Task A_page_without_an_end_is_read_to_a_limit(string beginning, string piece)
    {
        var endless = new EndlessAnswer(200, beginning, piece);
        await using var server = new FakeServer(endless.HandleAsync);

        var failure = await FailsAsync(StorageFailure.Unavailable, server, ListAsync);

        Assert.EndsWith($": an answer is longer than {AzureListing.LargestPage.Size} bytes", failure.Message, StringComparison.Ordinal);
        Assert.Single(server.Requests);
        Assert.InRange(endless.Sent, 0, AzureListing.LargestPage.Size + EndlessAnswer.Buffers);
    }

    [Fact]
    public async Task A_page_of_tags_alone_is_not_parsed()
    {
        var page = $"<EnumerationResults><Blobs>{string.Concat(Enumerable.Repeat("<Blob/>", 600_000))}</Blobs></EnumerationResults>";
        await using var server = new FakeServer(FakeAnswer.Ok("application/xml", Encoding.UTF8.GetBytes(page)));

        var failure = await FailsAsync(StorageFailure.Unavailable, server, ListAsync);

        Assert.EndsWith(
            ": a page of a listing has 600004 tags and quotes, for 5000 objects at most",
            failure.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refusal_without_an_end_is_still_a_refusal()
    {
        var endless = new EndlessAnswer(403, "<Error><Message>", "words ");
        await using var server = new FakeServer(endless.HandleAsync);

        await FailsAsync(StorageFailure.Denied, server, store => store.TryReadAsync("a", 10, Late));

        Assert.InRange(endless.Sent, 0, EndlessAnswer.Buffers * server.Requests.Count);
    }

    [Theory]
    [InlineData("a", "a")]
    [InlineData("a", "b", "a")]
    public async Task The_same_marker_twice_is_an_error(params string[] markers)
    {
        var pages = markers.Select(marker => FakeAnswer.Ok("application/xml", Encoding.UTF8.GetBytes(
            "<?xml version=\"1.0\" encoding=\"utf-8\"?>"
            + "<EnumerationResults ServiceEndpoint=\"http://a/\" ContainerName=\"container\"><Blobs/>"
            + $"<NextMarker>{marker}</NextMarker></EnumerationResults>")));
        await using var server = new FakeServer(FakeAnswer.InTurn([.. pages]));

        var failure = await FailsAsync(StorageFailure.Unavailable, server, ListAsync);

        Assert.EndsWith(
            "a listing goes round in a circle: the same continuation token came twice",
            failure.Message,
            StringComparison.Ordinal);
        Assert.Equal(markers.Length, server.Requests.Count);
    }

    [Fact]
    public async Task Pages_that_come_just_in_time_have_an_end()
    {
        var (time, count) = (new HandTime(), 0);
        await using var server = new FakeServer(async (request, stream, cancellation) =>
        {
            time.Advance(TimeSpan.FromSeconds(50));
            var page = "<?xml version=\"1.0\" encoding=\"utf-8\"?>"
                + "<EnumerationResults ServiceEndpoint=\"http://a/\" ContainerName=\"container\"><Blobs/>"
                + $"<NextMarker>{++count}</NextMarker></EnumerationResults>";
            await FakeAnswer.Ok("application/xml", Encoding.UTF8.GetBytes(page))(request, stream, cancellation);
        });

        var failure = await Assert.ThrowsAsync<StorageException>(() => ListAsync(Open(server, time)));

        Assert.Equal(StorageFailure.Unavailable, failure.Failure);
        Assert.EndsWith("a listing is not complete after 30 minutes", failure.Message, StringComparison.Ordinal);
        Assert.Equal(36, server.Requests.Count);
    }

    private Task ListAsync(ObjectStore store) => store.ListAsync("", Late).ToListAsync(Late).AsTask();

    private static ObjectStore Open(FakeServer server, TimeProvider time)
    {
        var address = new AzureLocation(AzuriteServer.Account, "container", "")
        {
            Endpoint = new Uri($"{server.Url}/{AzuriteServer.Account}"),
        };
        var login = $"AccountName={AzuriteServer.Account};AccountKey={AzuriteServer.Key};BlobEndpoint={address.Endpoint}";
        return ObjectStore.OpenAzure(address, new AzureLogin.ConnectionString((_, _) => ValueTask.FromResult(login)), time);
    }

    private static async Task<StorageException> FailsAsync(StorageFailure expected, FakeServer server, Func<ObjectStore, Task> action)
    {
        var failure = await Assert.ThrowsAsync<StorageException>(() => action(Open(server, TimeProvider.System)));
        Assert.Equal((expected, failure.Message), (failure.Failure, failure.Message));
        return failure;
    }
}
