using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Specialized;
using Mirror.Storage.Drivers;
using Mirror.Storage.Logins;

namespace Mirror.Storage.Azure;

/// <summary>Makes requests about the container or one blob of it, with whatever login is good.</summary>
internal sealed class AzureContainer(AzureLocation address, AzureLogin login, TimeProvider time)
{
    private readonly RotatingClient<string, AzureConnection> _connections = AzureConnection.Rotating(address, login);

    public AzureLocation Address => address;

    public TimeProvider Time => time;

    public KeyPrefix Prefix { get; } = new(address.Prefix);

    /// <summary>With what the last request was made.</summary>
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
            // A single attempt whose time was over.
            throw new TimeoutException(late.Message, late);
        }
        catch (Exception senseless) when (senseless is NullReferenceException or OverflowException)
        {
            // What the SDK makes of an answer that lacks what Azure's never lack.
            throw new FormatException("no answer of Azure's", senseless);
        }
        catch (AggregateException)
        {
            // A cancellation after attempts that failed is thrown together with them, as if it were one of them.
            cancellation.ThrowIfCancellationRequested();
            throw;
        }
    }
}
