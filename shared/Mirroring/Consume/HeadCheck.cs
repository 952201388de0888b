using Mirror.Storage;

namespace Mirror.Mirroring;

/// <summary>Checks heads before anything is done for their names,
/// since anyone who can write to the bucket can choose those names.</summary>
public sealed class HeadCheck(ObjectStore bucket, ConsumerKeys keys)
{
    /// <summary>
    /// The reason why a head is not signed by a trusted key. Null for a signed head, even if it has a newer format or belongs to another
    /// mirror, and for a head that is so large that only a run reads it.
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
