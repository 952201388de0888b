namespace Mirror.Tests.Servers;

/// <summary>An account of an <see cref="AzuriteServer"/>.</summary>
public sealed record StorageAccount(string Name, string Key, int BlobPort, int QueuePort)
{
    public string ConnectionString =>
        $"DefaultEndpointsProtocol=http;AccountName={Name};AccountKey={Key};"
        + $"BlobEndpoint=http://127.0.0.1:{BlobPort}/{Name};QueueEndpoint=http://127.0.0.1:{QueuePort}/{Name}";
}
