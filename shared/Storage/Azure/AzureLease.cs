using Azure;
using Azure.Storage.Blobs.Specialized;
using Mirror.Storage.Drivers;
using Mirror.Storage.Leases;

namespace Mirror.Storage.Azure;

/// <summary>Azure's own lease, on an empty blob made for it. The lease of a holder that died expires by itself.</summary>
internal sealed class AzureLease : ILeaseHold
{
    // The limits of Azure.
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    private readonly AzureContainer _container;
    private readonly string _place;

    // Our own id. If the answer to a request is lost, the repeated request finds that the lease is its own.
    private readonly string _id = Guid.NewGuid().ToString();

    private AzureLease(AzureContainer container, string key, TimeSpan duration)
    {
        _container = container;
        _place = LeaseObjects.PlaceOf(key);
        Duration = duration < Longest ? duration : Longest;
    }

    public TimeSpan Duration { get; }

    public static async Task<ILeaseHold?> TryTakeAsync(AzureContainer container, string key, TimeSpan duration,
        CancellationToken cancellation)
    {
        var lease = new AzureLease(container, key, duration);
        if (await lease.TryAcquireAsync(cancellation) is { } answer)
        {
            return answer ? lease : null;
        }
        await new AzureUpload(container, lease._place, WriteCondition.IfAbsent).TryPutWholeAsync(default, cancellation);
        return await lease.TryAcquireAsync(cancellation) == true ? lease : null;
    }

    public async Task<bool> TryRenewAsync(CancellationToken cancellation) =>
        await TryAsync(lease => lease.RenewAsync(conditions: null, cancellation), cancellation) ?? false;

    public Task ReleaseAsync(CancellationToken cancellation) =>
        TryAsync(lease => lease.ReleaseAsync(conditions: null, cancellation), cancellation);

    private Task<bool?> TryAcquireAsync(CancellationToken cancellation)
    {
        var granted = Duration > Shortest ? Duration : Shortest;
        return TryAsync(lease => lease.AcquireAsync(granted, conditions: null, cancellation), cancellation);
    }

    /// <summary>False if the lease is held elsewhere; null if the blob does not exist.</summary>
    private async Task<bool?> TryAsync<T>(Func<BlobLeaseClient, Task<T>> request, CancellationToken cancellation)
    {
        try
        {
            await _container.RunAsync(_place, blob => request(blob.GetBlobLeaseClient(_id)), cancellation);
            return true;
        }
        catch (RequestFailedException refusal) when (refusal.Status == 409)
        {
            return false;
        }
        catch (RequestFailedException absence) when (AzureBlob.IsAbsence(absence))
        {
            return null;
        }
    }
}
