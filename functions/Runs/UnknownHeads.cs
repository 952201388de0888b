using Mirror.Mirroring;
using Mirror.Storage;

namespace Mirror.Functions.Runs;

/// <summary>Sorts out the names under which only junk lies in the bucket, before a message is queued for each. A listed mirror is never
/// junk, and neither is one of which a head was believed once: what is wrong with those is told by their runs.</summary>
internal sealed class UnknownHeads(Composition composition, CancellationToken cancellation)
{
    // Nearly never needed, and keys may come from a vault. Null where they cannot be had: then each run says so.
    private readonly Lazy<Task<HeadCheck?>> _check = new(() => OpenAsync(composition, cancellation));
    private int _junkCount;

    /// <summary>How many names were sorted out.</summary>
    public int JunkCount => _junkCount;

    /// <param name="status">What this side knows of the name.</param>
    public async Task<bool> IsJunkAsync(MirrorStatus status, BucketListing listing)
    {
        if (status.Consumed is not null || status.Faults.Count > 0 || composition.Configuration!.Find(status.Mirror) is not null
            || await _check.Value is not { } check)
        {
            return false;
        }
        try
        {
            if (await check.IsBelievableAsync(status.Mirror, listing, cancellation))
            {
                return false;
            }
        }
        catch (StorageException)
        {
            // A run says why it cannot be read.
            return false;
        }
        Interlocked.Increment(ref _junkCount);
        return true;
    }

    private static async Task<HeadCheck?> OpenAsync(Composition composition, CancellationToken cancellation)
    {
        try
        {
            return new HeadCheck(composition.OpenBucket(), await composition.Keys.ConsumerAsync(cancellation));
        }
        catch (Exception unopened) when (unopened is UsageException or SecretException or StorageException)
        {
            return null;
        }
    }
}
