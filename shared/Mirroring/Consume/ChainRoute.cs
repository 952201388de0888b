namespace Mirror.Mirroring;

/// <summary>Chooses the bundles that bring a target to the end of its chain.</summary>
internal static class ChainRoute
{
    /// <summary>The entry after which a target has these refs, or null.
    /// If several match, because a state has come back, the last one counts.</summary>
    public static ChainEntry? PlaceOf(ChainState state, string digest) => state.Chain.LastOrDefault(entry => entry.RefsDigest == digest);

    /// <summary>The entry that the ledger remembers for the target.</summary>
    public static ChainEntry? Remembered(ChainState state, ConsumerLedger? ledger) => ledger?.Generation == state.Generation
        ? state.Chain.FirstOrDefault(entry => entry.Sequence == ledger.Sequence)
        : null;

    /// <summary>The entries after a place, or null if one of them is gone.
    /// A full bundle of the state that the target already has is skipped.</summary>
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

    /// <summary>The entries from the newest full bundle whose later entries all exist, or null if there is none.</summary>
    /// <param name="past">The sequence after which the route must begin; 0 for any.</param>
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

    /// <summary>As above, but an error if there is none.</summary>
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
        throw new ChainException(ChainFailure.MissingBundle, $"bundle {missing.Sequence} {what}, and no full bundle replaces it");
    }
}
