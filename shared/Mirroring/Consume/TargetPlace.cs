namespace Mirror.Mirroring;

/// <summary>A target's place in its chain, according to its refs and the ledger.</summary>
internal sealed record TargetPlace
{
    /// <summary>The bundle after which the target has exactly its refs; null if there is none.</summary>
    public ChainEntry? Known { get; private init; }

    /// <summary>The bundle that the ledger remembers for the target.</summary>
    public ChainEntry? Remembered { get; private init; }

    /// <summary>Whether the target has none of the mirror's refs.</summary>
    public bool IsEmpty { get; private init; }

    /// <summary>Whether the refs are as the last run left them.</summary>
    public bool IsAsLeft { get; private init; }

    /// <summary>Whether there is no record of runs into the target, although it has refs.</summary>
    public bool IsForgotten { get; private init; }

    public string? Warning => IsForgotten
        ? "nothing is remembered of earlier runs into this target: a rollback before this one could not have been noticed"
        : null;

    /// <summary>Whether the target matches neither the ledger nor any bundle.</summary>
    public bool IsChangedByOthers => Known is null && !IsAsLeft && !IsEmpty;

    public static TargetPlace Of(ChainState state, TargetSide target, ConsumerLedger? ledger, Narrowing narrowing)
    {
        var digest = target.Digest;
        var remembered = ChainRoute.Remembered(state, ledger);
        var isAsLeft = digest == ledger?.TargetDigest;
        var isEmpty = !target.Managed.Any();
        return new TargetPlace
        {
            // A part of the refs may be the same at several places, so the ledger decides.
            Known = isAsLeft && narrowing.IsThere ? remembered ?? ChainRoute.PlaceOf(state, digest)
                : ChainRoute.PlaceOf(state, digest) ?? (isAsLeft ? remembered : null),
            Remembered = remembered,
            IsEmpty = isEmpty,
            IsAsLeft = isAsLeft,
            IsForgotten = !isEmpty && !(ledger?.Managed is { Count: > 0 }),
        };
    }

    /// <summary>The bundles that follow; null if the start is unknown or one of them is gone.</summary>
    public IReadOnlyList<ChainEntry>? Route(ChainState state, BucketListing bucket)
    {
        // Others may have moved refs, but the objects of earlier bundles are nearly always still there. If not, the target reports it.
        var start = Known ?? (IsEmpty ? null : Remembered);
        return start is null ? null : ChainRoute.After(state, start, bucket);
    }
}
