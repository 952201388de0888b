using Mirror.Storage;

namespace Mirror.Mirroring;

/// <summary>The ledgers, records and objects that a retired mirror has left on one side.</summary>
/// <param name="Kept">Its ledgers and the records of its runs.</param>
/// <param name="Objects">Its head and bundles. The head comes first, since a head must never name a deleted bundle.</param>
public sealed record Retirement(string Mirror, IReadOnlyList<StoredObject> Kept, IReadOnlyList<StoredObject> Objects)
{
    /// <summary>Whether a consumer would still find the mirror in the bucket.</summary>
    public bool HasHead { get; private init; }

    /// <summary>The highest generation in the bucket; 0 for none.</summary>
    internal long Generation { get; private init; }

    /// <summary>When the objects may be deleted; null if there are none. The newest object must be older than the retention, which is the
    /// time that a consumer has after finding it. A consumer that starts just before the deletion finds objects missing,
    /// and its run fails.</summary>
    public DateTimeOffset? FreeFrom(ChainPolicy policy) =>
        Objects.Count == 0 ? null : Objects.Max(found => found.Modified) + policy.Retention;

    public static async Task<Retirement> FindAsync(string mirror, ObjectStore state, ObjectStore bucket, CancellationToken cancellation)
    {
        var kept = new List<StoredObject>();
        await foreach (var found in state.ListAsync(ObjectKey.OfLedger(mirror, "."), cancellation))
        {
            kept.Add(found);
        }
        var listing = await BucketListing.ReadOfAsync(bucket, mirror, cancellation);
        var bundles = listing.BundlesOf(mirror).Select(bundle => bundle.Object);
        var generation = listing.NewestGenerationOf(mirror);
        return listing.FindHead(mirror) is { } head
            ? new Retirement(mirror, kept, [head, .. bundles]) { HasHead = true, Generation = generation }
            : new Retirement(mirror, kept, [.. bundles]) { Generation = generation };
    }

    /// <summary>The names of all mirrors that have objects in the state or in the bucket.</summary>
    public static async Task<IReadOnlyList<string>> KnownAsync(ObjectStore state, ObjectStore bucket, CancellationToken cancellation)
    {
        var names = new HashSet<string>((await BucketListing.ReadAsync(bucket, cancellation)).Mirrors(), StringComparer.Ordinal);
        await foreach (var found in state.ListAsync("", cancellation))
        {
            var dot = found.Key.IndexOf('.', StringComparison.Ordinal);
            if (dot > 0 && ObjectKey.ParseLedger(found.Key, found.Key[dot..]) is { } mirror)
            {
                names.Add(mirror);
            }
        }
        return [.. names];
    }

    internal static async Task DeleteAsync(ObjectStore store, IEnumerable<StoredObject> objects, CancellationToken cancellation)
    {
        foreach (var found in objects)
        {
            await store.DeleteAsync(found.Key, cancellation);
        }
    }
}
