using Mirror.Storage.Azure;
using Mirror.Tests.Servers;

namespace Mirror.Storage.Tests;

public sealed class AzureEndlessAnswerTests : EndlessAnswerTests
{
    private protected override long LargestPage => AzureListing.LargestPage.Size;

    private protected override (string Page, string Words) Tags =>
        ($"<EnumerationResults><Blobs>{string.Concat(Enumerable.Repeat("<Blob/>", 600_000))}</Blobs></EnumerationResults>",
            "600004 tags and quotes, for 5000 objects at most");

    [Theory]
    [InlineData("<EnumerationResults><Blobs><Blob><Name>", "k")]
    [InlineData("<EnumerationResults><Blobs>", "<Blob><Name>a</Name></Blob>")]
    public Task A_page_without_an_end_is_read_to_a_limit(string beginning, string piece) => AssertReadToTheLimitAsync(beginning, piece);

    [Fact]
    public Task A_refusal_without_an_end_is_still_a_refusal() => AssertGivenUpAsync(
        new EndlessAnswer(403, "<Error><Message>", "words "), StorageFailure.Denied, store => store.TryReadAsync("a", 10, Late));

    private protected override ObjectStore Open(FakeServer server, TimeProvider time)
    {
        var address = new AzureLocation(AzuriteServer.Account, "container", "")
        {
            Endpoint = new Uri($"{server.Url}/{AzuriteServer.Account}"),
        };
        var login = $"AccountName={AzuriteServer.Account};AccountKey={AzuriteServer.Key};BlobEndpoint={address.Endpoint}";
        return ObjectStore.OpenAzure(address, new AzureLogin.ConnectionString((_, _) => ValueTask.FromResult(login)), time);
    }

    private protected override string PageBefore(string marker) =>
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>"
        + "<EnumerationResults ServiceEndpoint=\"http://a/\" ContainerName=\"container\"><Blobs/>"
        + $"<NextMarker>{marker}</NextMarker></EnumerationResults>";
}
