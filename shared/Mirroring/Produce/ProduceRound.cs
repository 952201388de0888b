using Mirror.Git;

namespace Mirror.Mirroring;

/// <summary>What a round found, decided and wrote. What was written by the rounds before it in the same run stays part of it.</summary>
internal sealed record ProduceRound : IRound
{
    public static readonly ProduceRound None = new();

    /// <summary>Null before the source was listed.</summary>
    public ProducePlan? Plan { get; init; }

    /// <summary>Why nothing may be written.</summary>
    public MirrorError? Held { get; init; }

    /// <summary>The bundles that the ledger has been told of.</summary>
    public IReadOnlyList<ChainEntry> Written { get; init; } = [];

    /// <summary>What they change at the destination. For a round that only publishes, nothing has changed.</summary>
    public IReadOnlyList<RefCommand> Changes { get; init; } = [];

    /// <summary>Whether a head was put that is the first to tell of a bundle.</summary>
    public bool HasNewHead { get; init; }

    /// <summary>Whether a full bundle is among what was written.</summary>
    public bool HasFull => Written.Any(entry => entry.Kind == BundleKind.Full);

    /// <summary>
    /// Whether the source answered with what is no pack. What it sent before may be none either, and what it was told that the
    /// destination has may be wrong: the next bundle builds on nothing.
    /// </summary>
    public bool CastsDoubt => Broken is RemoteException { Failure: RemoteFailure.Malformed, Stage: "fetch" };

    public bool IsDone { get; init; }

    public Exception? Broken { get; init; }

    /// <summary>Where the next round begins: whether this one was held or broken off says nothing of that one.</summary>
    public ProduceRound Next() => this with { Held = null, IsDone = false, Broken = null };

    /// <summary>The same round after it wrote bundles.</summary>
    public ProduceRound With(IReadOnlyList<ChainEntry> written, IReadOnlyList<RefCommand> changes) => this with
    {
        Written = [.. Written, .. written],
        // Very many changes are not copied, and only one round has any, nearly always.
        Changes = Changes.Count == 0 ? changes : [.. Changes, .. changes],
    };

    public MirrorOutcome Outcome(ProduceRequest request)
    {
        var error = Broken is not null ? MirrorError.TryOf(Broken)
            : Held ?? RefsError.Of(request.Source, new Dictionary<RefName, string>(), Plan?.Changes);
        var wouldWrite = request.DryRun && Broken is null && Plan?.Step is ProduceStep.Delta or ProduceStep.Full;
        IReadOnlyList<RefCommand> changes = wouldWrite ? Plan!.Changes.Changes : Changes;
        return new MirrorOutcome(request.Mirror, error?.Reason.Kind
            ?? (wouldWrite || Written.Count > 0 ? OutcomeKind.Updated : OutcomeKind.Unchanged))
        {
            // The source was listed, and the head that says the same was put, or is in the bucket's listing as it was put.
            IsProven = error is null && !request.DryRun,
            Refs = RefCounts.Of(changes, rejected: Plan?.Changes.ProblemCount ?? 0),
            Bytes = Written.Sum(entry => entry.Size),
            Sequence = Written is [.., var last] ? last.Sequence : Plan?.Chain?.Sequence,
            Bundle = Written is [.., var newest] ? newest.Kind : null,
            HasNewHead = HasNewHead,
            Error = error,
            Changes = changes,
        };
    }
}
