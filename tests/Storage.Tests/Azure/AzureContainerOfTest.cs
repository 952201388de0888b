using Azure.Storage.Blobs;
using Azure.Storage.Sas;
using Mirror.Tests.Servers;

namespace Mirror.Storage.Tests;

/// <summary>A new container of the Azurite that all tests share.</summary>
internal sealed class AzureContainerOfTest
{
    private AzuriteServer? _server;

    public string Name { get; } = $"c-{Guid.NewGuid():N}";

    public int Port => _server!.Port;

    public async Task CreateAsync()
    {
        _server = await AzuriteServer.SharedAsync();
        await Client.CreateAsync();
    }

    /// <summary>The SDK's own view, past what is tested.</summary>
    public BlobContainerClient Client => new(ConnectionString(), Name);

    public string ConnectionString(int? port = null, string key = AzuriteServer.Key) =>
        $"DefaultEndpointsProtocol=http;AccountName={AzuriteServer.Account};AccountKey={key};BlobEndpoint={Endpoint(port)}";

    public string Endpoint(int? port = null) => $"http://127.0.0.1:{port ?? Port}/{AzuriteServer.Account}";

    public string Signature(BlobContainerSasPermissions permissions, TimeSpan life) =>
        Client.GenerateSasUri(new BlobSasBuilder(permissions, DateTimeOffset.UtcNow + life)
        {
            BlobContainerName = Name,
            StartsOn = DateTimeOffset.UtcNow + life - TimeSpan.FromHours(2),
        }).Query;

    public ObjectStore Open(string prefix = "") => Open(new AzureLogin.ConnectionString(Always(ConnectionString())), prefix);

    public ObjectStore Open(TimeProvider time) =>
        ObjectStore.OpenAzure(Address(), new AzureLogin.ConnectionString(Always(ConnectionString())), time);

    public ObjectStore Open(AzureLogin login, string prefix = "") =>
        ObjectStore.OpenAzure(Address() with { Prefix = prefix }, login, TimeProvider.System);

    /// <summary>By way of another port, such as a <see cref="FaultProxy"/>'s.</summary>
    public ObjectStore OpenAt(int port) =>
        ObjectStore.OpenAzure(Address(port), new AzureLogin.ConnectionString(Always(ConnectionString(port))), TimeProvider.System);

    public AzureLocation Address(int? port = null) =>
        new(AzuriteServer.Account, Name, Prefix: "") { Endpoint = new Uri(Endpoint(port)) };

    public static LoginSource<string> Always(string login) => (_, _) => ValueTask.FromResult(login);
}
