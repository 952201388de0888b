using Azure.Storage.Blobs;
using Azure.Storage.Sas;
using Mirror.Tests.Servers;

namespace Mirror.Functions.Tests.Clouds;

/// <summary>
/// Three containers of a real Azurite. The near side has the account's key, the far side a signature for the bucket that only reads.
/// </summary>
internal sealed class AzureCloud : Cloud
{
    private readonly string _connection;
    private readonly string _endpoint;
    private readonly BlobContainerClient _bucket;
    private readonly BlobContainerClient _nearState;
    private readonly BlobContainerClient _farState;

    private AzureCloud(AzuriteServer server)
    {
        _endpoint = $"http://127.0.0.1:{server.Port}/{AzuriteServer.Account}";
        _connection =
            $"DefaultEndpointsProtocol=http;AccountName={AzuriteServer.Account};AccountKey={AzuriteServer.Key};BlobEndpoint={_endpoint}";
        (_bucket, _nearState, _farState) = (Container(), Container(), Container());
    }

    public override string Bucket => Location(_bucket.Name, "/team/a");

    public override string NearState => Location(_nearState.Name);

    public override string FarState => Location(_farState.Name);

    public override (string, Dictionary<string, string>) Near => (
        $"credentials: [{{ match: az://{AzuriteServer.Account}, connection_string: env:STORE }}]\n",
        new Dictionary<string, string> { ["STORE"] = _connection });

    public override (string, Dictionary<string, string>) Far => (
        $"""
        credentials:
          - match: az://{AzuriteServer.Account}
            connection_string: env:STATE
          - match: az://{AzuriteServer.Account}/{_bucket.Name}
            sas: env:SAS

        """,
        new Dictionary<string, string> { ["STATE"] = _connection, ["SAS"] = ReadOnlySignature() });

    public override string MissingRight => "permits 'rl', and this needs '";

    public override string NoSuchBucket => Location("not-there");

    public static async Task<AzureCloud> MakeAsync()
    {
        var cloud = new AzureCloud(await AzuriteServer.SharedAsync());
        await Task.WhenAll(cloud._bucket.CreateAsync(), cloud._nearState.CreateAsync(), cloud._farState.CreateAsync());
        return cloud;
    }

    public override async Task<IReadOnlyList<string>> ListAsync()
    {
        var names = new List<string>();
        await foreach (var blob in _bucket.GetBlobsAsync())
        {
            names.Add(blob.Name);
        }
        return names;
    }

    public override Task DeleteAsync(string name) => _bucket.DeleteBlobAsync(name);

    private string ReadOnlySignature() => _bucket.GenerateSasUri(
        BlobContainerSasPermissions.Read | BlobContainerSasPermissions.List, DateTimeOffset.UtcNow.AddHours(1)).Query;

    private BlobContainerClient Container() => new(_connection, $"c-{Guid.NewGuid():N}");

    private string Location(string container, string prefix = "") =>
        $"az://{AzuriteServer.Account}/{container}{prefix}?endpoint={_endpoint}";
}
