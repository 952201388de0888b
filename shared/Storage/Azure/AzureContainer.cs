using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Specialized;
using Mirror.Storage.Drivers;
using Mirror.Storage.Logins;

namespace Mirror.Storage.Azure;

/// <summary>Makes requests to the container or to one of its blobs, with the current login.</summary>
internal sealed class AzureContainer(AzureLocation address, AzureLogin login, TimeProvider time)
{
    private readonly RotatingClient<string, AzureConnection> _connections = AzureConnection.Rotating(address, login);

    public AzureLocation Address => address;

    public TimeProvider Time => time;

    public KeyPrefix Prefix { get; } = new(address.Prefix);

    /// <summary>The connection of the last request.</summary>
    public AzureConnection? LatestConnection => _connections.Latest;

    public Task<T> RunAsync<T>(string key, Func<BlockBlobClient, Task<T>> request, CancellationToken cancellation) =>
        RunAsync(container => request(container.GetBlockBlobClient(Prefix.Add(key))), cancellation);

    public async Task<T> RunAsync<T>(Func<BlobContainerClient, Task<T>> request, CancellationToken cancellation)
    {
        try
        {
            return await _connections.RunAsync(connection => request(connection.Container), cancellation);
        }
        catch (OperationCanceledException late) when (!cancellation.IsCancellationRequested)
        {
            // One attempt timed out.
            throw new TimeoutException(late.Message, late);
        }
        catch (Exception senseless) when (senseless is NullReferenceException or OverflowException)
        {
            // The SDK fails like this when an answer lacks fields that Azure always sends.
            throw new FormatException("the answer does not come from Azure Storage", senseless);
        }
        catch (AggregateException)
        {
            // When a request is cancelled after failed attempts, the SDK throws the cancellation together with their failures.
            cancellation.ThrowIfCancellationRequested();
            throw;
        }
    }
}
