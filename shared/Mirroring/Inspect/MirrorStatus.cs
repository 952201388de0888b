using Mirror.Storage;

namespace Mirror.Mirroring;

/// <summary>The status of one mirror from the ledgers and the bucket's listing. Nothing is decrypted, and no remote is asked.</summary>
/// <param name="Produced">The producer's ledger, if this side has one.</param>
/// <param name="Consumed">The consumer's ledger, if this side has one.</param>
public sealed record MirrorStatus(string Mirror, ProducerLedger? Produced, ConsumerLedger? Consumed)
{
    /// <summary>The newest bundle in the bucket, by its key, which is not signed.</summary>
    public long? Newest { get; private init; }

    /// <summary>The number of bundles in the bucket that were not consumed yet; all of them if this side has consumed none.</summary>
    public int BehindCount { get; private init; }

    /// <summary>Since when the oldest of them is in the bucket.</summary>
    public DateTimeOffset? BehindSince { get; init; }

    /// <summary>The number of refs at the chain's end, if this side has the chain.</summary>
    public int RefCount { get; internal init; }

    /// <summary>Errors of ledgers that cannot be read.</summary>
    public IReadOnlyList<string> Faults { get; private init; } = [];

    public static async Task<MirrorStatus> ReadAsync(string mirror, ObjectStore state, BucketListing listing,
        CancellationToken cancellation)
    {
        var ledgers = new LedgerStore(state);
        var produced = await ledgers.ReadProducerAsync(mirror, cancellation);
        var consumed = await ledgers.ReadConsumerAsync(mirror, cancellation);
        return Of(mirror, produced, consumed, listing);
    }

    /// <summary>The status from ledgers that were read before.</summary>
    /// <param name="listing">Null on a side that does not consume from a bucket.</param>
    internal static MirrorStatus Of(string mirror, StoredLedger<ProducerLedger> produced, StoredLedger<ConsumerLedger> consumed,
        BucketListing? listing)
    {
        var bundles = listing?.BundlesOf(mirror).ToList() ?? [];
        var mark = consumed.Value?.Position ?? default;
        var behind = bundles.Where(bundle => bundle.Name.Position > mark).ToList();
        return new MirrorStatus(mirror, produced.Value, consumed.Value)
        {
            Newest = bundles.Count > 0 ? bundles.MaxBy(bundle => bundle.Name.Position).Name.Sequence : null,
            BehindCount = behind.Count,
            RefCount = produced.Value?.State?.Refs.Count ?? 0,
            BehindSince = behind.Count > 0 ? behind.Min(bundle => bundle.Object.Modified) : null,
            Faults = [.. new[] { produced.Fault, consumed.Fault }.OfType<string>()],
        };
    }
}
