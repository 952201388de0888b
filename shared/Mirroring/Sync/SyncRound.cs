using Mirror.Git;

namespace Mirror.Mirroring;

/// <summary>
/// What a round of a sync planned. The session with the target knows what moved there, and what the target will not take.
/// </summary>
internal sealed record SyncRound : IRound
{
    public static readonly SyncRound None = new();

    /// <summary>The last plan, made of the target's refs after the last push; null before both sides were read.</summary>
    public TargetPlan? Plan { get; init; }

    /// <summary>Why the plan must not be carried out.</summary>
    public MirrorError? Held { get; init; }

    public bool IsDone { get; init; }

    public Exception? Broken { get; init; }

    /// <summary>Where the next round begins: with both sides read anew.</summary>
    public SyncRound Next() => new() { Plan = Plan };

    /// <param name="moved">What the pushes of all rounds have moved.</param>
    /// <param name="refused">The refs that the target will not take, and its words.</param>
    /// <param name="failure">What <see cref="Broken"/> is for people.</param>
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
