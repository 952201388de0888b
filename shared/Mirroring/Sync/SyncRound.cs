using Mirror.Git;

namespace Mirror.Mirroring;

/// <summary>The plan of one round of a sync. The target session knows which refs moved, and which the target refused.</summary>
internal sealed record SyncRound : IRound
{
    public static readonly SyncRound None = new();

    /// <summary>The last plan, made from the target's refs after the last push; null before both sides were read.</summary>
    public TargetPlan? Plan { get; init; }

    /// <summary>Why the plan must not be carried out.</summary>
    public MirrorError? Held { get; init; }

    public bool IsDone { get; init; }

    public Exception? Broken { get; init; }

    /// <summary>The next round, which reads both sides again.</summary>
    public SyncRound Next() => new() { Plan = Plan };

    /// <param name="moved">The refs that the pushes of all rounds have moved.</param>
    /// <param name="refused">The refs that the target refused, with its reasons.</param>
    /// <param name="failure">The error for <see cref="Broken"/>, in words for people.</param>
    public MirrorOutcome Outcome(SyncRequest request, IReadOnlyList<RefCommand> moved, IReadOnlyDictionary<RefName, string> refused,
        MirrorError? failure)
    {
        var error = failure ?? Held ?? RefsError.Of(request.Target, refused, Plan);
        var changes = request.DryRun && Plan is not null ? Plan.Changes : moved;
        return new MirrorOutcome(request.Mirror, MirrorOutcome.KindOf(error, changes.Count))
        {
            IsProven = error is null && Plan is { Changes.Count: 0 } && !request.DryRun,
            Refs = RefCounts.Of(changes, rejected: refused.Count + (Plan?.ProblemCount ?? 0)),
            Error = error,
            Changes = changes,
        };
    }
}
