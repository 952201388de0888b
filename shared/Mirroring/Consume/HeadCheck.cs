using Mirror.Storage;

namespace Mirror.Mirroring;

/// <summary>Whether the heads of a bucket can be believed, before anything is done for the names that they stand under: anybody who can
/// write to the bucket can choose those.</summary>
public sealed class HeadCheck(ObjectStore bucket, ConsumerKeys keys)
{
    /// <summary>False for what is no head, or is signed by nobody whom this side trusts. Of that, the first 4 kB are read.</summary>
    public async Task<bool> IsBelievableAsync(string mirror, BucketListing listing, CancellationToken cancellation)
    {
        try
        {
            await HeadReader.ReadAsync(mirror, bucket, keys, listing, cancellation);
            return true;
        }
        catch (ChainException)
        {
            return false;
        }
    }
}
