using Mirror.Storage;

namespace Mirror.Mirroring;

/// <summary>One mirror's part of a consumer's bucket: its head, if that can be trusted, and its bundles.</summary>
internal sealed class BucketSide(string mirror, Consumer consumer, BucketListing listing, TransferMeter meter)
{
    public BundleSource Bundles { get; } = new(consumer.Bucket, consumer.Keys.Identities, meter);

    /// <summary>At first the listing of the whole run, as old as the run.</summary>
    public BucketListing Listing { get; private set; } = listing;

    /// <summary>Lists this mirror's part again.</summary>
    public async Task ListAgainAsync(CancellationToken cancellation) =>
        Listing = await BucketListing.ReadOfAsync(consumer.Bucket, mirror, cancellation);

    public async Task<StoredObject> FindHeadAsync(CancellationToken cancellation)
    {
        if (Listing.FindHead(mirror) is { } found)
        {
            return found;
        }
        await ListAgainAsync(cancellation);
        return Listing.FindHead(mirror) ?? throw HeadReader.NoHead(mirror, consumer.Bucket);
    }

    /// <summary>
    /// Reads the head. Any doubt about it ends the run. The head may be newer than the listing, so bundles that seem to be missing are
    /// listed again: a producer puts a head after the bundles that it names.
    /// </summary>
    public async Task<(MirrorHead Head, string ETag)> ReadTrustedHeadAsync(StoredObject stored, ConsumerLedger? ledger,
        CancellationToken cancellation)
    {
        meter.Stage = "reading the head";
        await using var reader = await consumer.Bucket.OpenReadAsync(stored.Key, offset: 0, cancellation);
        var head = await HeadReader.OpenAsync(mirror, reader, consumer.Keys, cancellation);
        ledger?.ThrowIfPast(head);
        if (!head.State.Chain.All(Listing.Has))
        {
            await ListAgainAsync(cancellation);
        }
        return (head, reader.Stored.ETag);
    }
}
