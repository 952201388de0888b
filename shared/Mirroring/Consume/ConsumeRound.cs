using Mirror.Git;

namespace Mirror.Mirroring;

/// <summary>
/// What a round found, decided and did, with what the rounds before it in the same run applied. The session with the target knows what
/// moved there.
/// </summary>
internal sealed record ConsumeRound : IRound
{
    public static readonly ConsumeRound None = new();

    /// <summary>Where the chain is by the head that was believed last; null before one was.</summary>
    public long? Sequence { get; init; }

    /// <summary>Which of the target's refs are the mirror's; null before that is known.</summary>
    public RefMap? Managed { get; init; }

    /// <summary>The last bundle that something was pushed of.</summary>
    public ChainEntry? Applied { get; init; }

    /// <summary>What would be changed, if this is a dry run.</summary>
    public IReadOnlyList<RefCommand> Planned { get; init; } = [];

    /// <summary>Why nothing may be done at the target.</summary>
    public MirrorError? Held { get; init; }

    /// <summary>The refs that the target will not take.</summary>
    public MirrorError? Left { get; init; }

    /// <summary>That the head is too old, where that is not only a warning.</summary>
    public MirrorError? Expired { get; init; }

    /// <summary>Whether the target was seen to be as a head says that is still good.</summary>
    public bool IsProven { get; init; }

    public IReadOnlyList<string> Warnings { get; init; } = [];

    public bool IsDone { get; init; }

    public Exception? Broken { get; init; }

    /// <summary>Where the next round begins: it looks at the bucket and at the target anew.</summary>
    public ConsumeRound Next() => new() { Sequence = Sequence, Managed = Managed, Applied = Applied };

    /// <summary>The same round with one more warning; null where there is nothing to warn of.</summary>
    public ConsumeRound WithWarning(string? warning) => warning is null ? this : this with { Warnings = [.. Warnings, warning] };

    /// <summary>The same round after it looked at a head's times.</summary>
    public ConsumeRound With(HeadAge age, ExpiredHeads policy)
    {
        var round = WithWarning(age.Warning);
        return age.Expired is null ? round
            : policy == ExpiredHeads.Warn ? round.WithWarning(age.Expired)
            : round with { Expired = new MirrorError(Reason.ExpiredHead, age.Expired) };
    }

    /// <param name="moved">What the pushes of all rounds have moved.</param>
    /// <param name="failure">What <see cref="Broken"/> is for people.</param>
    public MirrorOutcome Outcome(ConsumeRequest request, IReadOnlyList<RefCommand> moved, MirrorError? failure)
    {
        var error = failure ?? Held ?? Left ?? Expired;
        var changes = request.DryRun ? Planned : moved;
        return new MirrorOutcome(request.Mirror, MirrorOutcome.KindOf(error, changes.Count))
        {
            IsProven = IsProven && error is null,
            Refs = RefCounts.Of(changes, rejected: failure is null ? error?.RefCount ?? 0 : 0),
            Sequence = Sequence,
            Bundle = Applied?.Kind,
            Error = error,
            Changes = changes,
            // What is worse than an expired head does not hide it.
            Warnings = Expired is null || error == Expired ? Warnings : [.. Warnings, Expired.Message],
        };
    }
}
