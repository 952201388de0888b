namespace Mirror.Mirroring;

/// <summary>Which bundles bring a target to the end of its chain.</summary>
internal static class ChainRoute
{
    /// <summary>The entry after which a target has these refs, or null. The last one of several: the state has come back since.</summary>
    public static ChainEntry? PlaceOf(ChainState state, string digest) => state.Chain.LastOrDefault(entry => entry.RefsDigest == digest);

    /// <summary>The entry that we remember to have brought it to.</summary>
    public static ChainEntry? Remembered(ChainState state, ConsumerLedger? ledger) => ledger?.Generation == state.Generation
        ? state.Chain.FirstOrDefault(entry => entry.Sequence == ledger.Sequence)
        : null;

    /// <summary>What follows a place, or null where some of it is gone. A full
    /// bundle of the state that is there already is not needed.</summary>
    public static IReadOnlyList<ChainEntry>? After(ChainState state, ChainEntry place, BucketListing bucket)
    {
        var digest = place.RefsDigest;
        var route = new List<ChainEntry>();
        foreach (var entry in state.Chain.Where(entry => entry.Sequence > place.Sequence))
        {
            if (entry.RefsDigest != digest)
            {
                route.Add(entry);
                digest = entry.RefsDigest;
            }
        }
        return route.TrueForAll(bucket.Has) ? route : null;
    }

    /// <summary>From the newest full bundle that has all behind it, or null where there is none.</summary>
    /// <param name="past">A sequence that the way must not pass; 0 for none.</param>
    public static IReadOnlyList<ChainEntry>? TryFromFull(ChainState state, BucketListing bucket, long past)
    {
        var later = state.Chain.Where(entry => entry.Sequence > past);
        foreach (var full in later.Where(entry => entry.Kind == BundleKind.Full && bucket.Has(entry)).Reverse())
        {
            if (After(state, full, bucket) is { } rest)
            {
                return [full, .. rest];
            }
        }
        return null;
    }

    /// <summary>The same, where there must be one.</summary>
    public static IReadOnlyList<ChainEntry> FromFull(ChainState state, BucketListing bucket, long past = 0)
    {
        if (TryFromFull(state, bucket, past) is { } route)
        {
            return route;
        }
        var missing = state.Chain.First(entry => !bucket.Has(entry));
        var what = bucket.Find(missing.Key) is { } found
            ? $"has {found.Size} bytes in the bucket, not {missing.Size}: it was cut short or replaced"
            : "is absent from the bucket";
        throw new ChainException(ChainFailure.MissingBundle, $"bundle {missing.Sequence} {what}, and no full bundle stands in for it");
    }
}
