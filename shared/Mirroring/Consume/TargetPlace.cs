namespace Mirror.Mirroring;

/// <summary>Where in its chain a target is, by its own refs and by what is remembered of it.</summary>
internal sealed record TargetPlace
{
    /// <summary>The bundle after which the target has the refs that it has; null where no bundle made them.</summary>
    public ChainEntry? Known { get; private init; }

    /// <summary>The bundle that we remember to have brought it to.</summary>
    public ChainEntry? Remembered { get; private init; }

    /// <summary>Whether it has none of the mirror's refs.</summary>
    public bool IsEmpty { get; private init; }

    /// <summary>Whether its refs are as we left them.</summary>
    public bool IsAsLeft { get; private init; }

    /// <summary>Whether nothing is known of runs into it, although it has refs.</summary>
    public bool IsForgotten { get; private init; }

    public string? Warning => IsForgotten
        ? "nothing is remembered of earlier runs into this target: a rollback before this one could not have been noticed"
        : null;

    /// <summary>Whether it is as neither we nor any bundle made it.</summary>
    public bool IsChangedByOthers => Known is null && !IsAsLeft && !IsEmpty;

    public static TargetPlace Of(ChainState state, TargetSide target, ConsumerLedger? ledger, Narrowing narrowing)
    {
        var digest = target.Digest;
        var remembered = ChainRoute.Remembered(state, ledger);
        var isAsLeft = digest == ledger?.TargetDigest;
        var isEmpty = !target.Managed.Any();
        return new TargetPlace
        {
            // A part of the refs says little of the place: it may be the same at many.
            Known = isAsLeft && narrowing.IsThere ? remembered ?? ChainRoute.PlaceOf(state, digest)
                : ChainRoute.PlaceOf(state, digest) ?? (isAsLeft ? remembered : null),
            Remembered = remembered,
            IsEmpty = isEmpty,
            IsAsLeft = isAsLeft,
            IsForgotten = !isEmpty && !(ledger?.Managed is { Count: > 0 }),
        };
    }

    /// <summary>The bundles that follow; null where it is not known where to begin, or some of them are gone.</summary>
    public IReadOnlyList<ChainEntry>? Route(ChainState state, BucketListing bucket)
    {
        // What others did to refs did not take away the objects that we brought, nearly always; if it did, we hear of it.
        var start = Known ?? (IsEmpty ? null : Remembered);
        return start is null ? null : ChainRoute.After(state, start, bucket);
    }
}
