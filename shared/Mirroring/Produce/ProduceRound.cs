using Mirror.Git;

namespace Mirror.Mirroring;

/// <summary>The result of a round: what it found, decided and wrote. It includes what earlier rounds of the same run wrote.</summary>
internal sealed record ProduceRound : IRound
{
    public static readonly ProduceRound None = new();

    /// <summary>Null before the source was listed.</summary>
    public ProducePlan? Plan { get; init; }

    /// <summary>Why nothing may be written.</summary>
    public MirrorError? Held { get; init; }

    /// <summary>The bundles that are committed to the ledger.</summary>
    public IReadOnlyList<ChainEntry> Written { get; init; } = [];

    /// <summary>The changes that they make at the destination. A round that only publishes a head has none.</summary>
    public IReadOnlyList<RefCommand> Changes { get; init; } = [];

    /// <summary>Whether a head was put that is the first to name some bundle.</summary>
    public bool HasNewHead { get; init; }

    /// <summary>Whether a full bundle was written.</summary>
    public bool HasFull => Written.Any(entry => entry.Kind == BundleKind.Full);

    /// <summary>
    /// Whether the source sent an invalid pack. Then earlier packs may be invalid too, and the haves may be wrong,
    /// so the next bundle is a full one.
    /// </summary>
    public bool CastsDoubt => Broken is RemoteException { Failure: RemoteFailure.Malformed, Stage: "fetch" };

    public bool IsDone { get; init; }

    public Exception? Broken { get; init; }

    /// <summary>The next round. Whether this one was held or broken off does not affect it.</summary>
    public ProduceRound Next() => this with { Held = null, IsDone = false, Broken = null };

    /// <summary>The same round after it wrote bundles.</summary>
    public ProduceRound With(IReadOnlyList<ChainEntry> written, IReadOnlyList<RefCommand> changes) => this with
    {
        Written = [.. Written, .. written],
        // Nearly always only one round has changes, so very many changes are not copied.
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
            // The source was listed, and the head with the same state was put, or is in the bucket unchanged.
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
