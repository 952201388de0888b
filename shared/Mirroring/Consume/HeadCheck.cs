using Mirror.Storage;

namespace Mirror.Mirroring;

/// <summary>Looks at heads before anything is done for the names that they stand under. Anyone who can write to the bucket can choose
/// those names.</summary>
public sealed class HeadCheck(ObjectStore bucket, ConsumerKeys keys)
{
    /// <summary>
    /// Why a head is not one that a trusted key has signed. Null for a signed one, also if it is of a newer format or of another mirror,
    /// and for one so large that only a run reads it.
    /// </summary>
    public async Task<ChainFailure?> FindJunkAsync(string mirror, BucketListing listing, CancellationToken cancellation)
    {
        if (listing.FindHead(mirror)?.Size > SealedHead.LargeSize)
        {
            return null;
        }
        try
        {
            await HeadReader.ReadAsync(mirror, bucket, keys, listing, cancellation);
            return null;
        }
        catch (ChainException junk)
            when (junk.Failure is ChainFailure.NoHead or ChainFailure.Undecryptable or ChainFailure.DamagedHead or ChainFailure.Signature)
        {
            return junk.Failure;
        }
        catch (ChainException)
        {
            return null;
        }
    }
}
