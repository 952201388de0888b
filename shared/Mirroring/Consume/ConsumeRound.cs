using Mirror.Git;

namespace Mirror.Mirroring;

/// <summary>
/// The result of a round: what it found, decided and did, and what earlier rounds of the same run applied.
/// The target session knows which refs moved.
/// </summary>
internal sealed record ConsumeRound : IRound
{
    public static readonly ConsumeRound None = new();

    /// <summary>The sequence of the last trusted head; null before there was one.</summary>
    public long? Sequence { get; init; }

    /// <summary>The target's refs that the mirror manages; null before they are known.</summary>
    public RefMap? Managed { get; init; }

    /// <summary>The last bundle of which anything was pushed.</summary>
    public ChainEntry? Applied { get; init; }

    /// <summary>The changes that a dry run would make.</summary>
    public IReadOnlyList<RefCommand> Planned { get; init; } = [];

    /// <summary>Why nothing may be done at the target.</summary>
    public MirrorError? Held { get; init; }

    /// <summary>The refs that the target refused.</summary>
    public MirrorError? Left { get; init; }

    /// <summary>The error for an expired head, unless it is only a warning.</summary>
    public MirrorError? Expired { get; init; }

    /// <summary>Whether the target was seen to match a head that has not expired.</summary>
    public bool IsProven { get; init; }

    public IReadOnlyList<string> Warnings { get; init; } = [];

    public bool IsDone { get; init; }

    public Exception? Broken { get; init; }

    /// <summary>The next round, which reads bucket and target again.</summary>
    public ConsumeRound Next() => new() { Sequence = Sequence, Managed = Managed, Applied = Applied };

    /// <summary>The same round with one more warning; null for none.</summary>
    public ConsumeRound WithWarning(string? warning) => warning is null ? this : this with { Warnings = [.. Warnings, warning] };

    /// <summary>The same round after a check of a head's times.</summary>
    public ConsumeRound With(HeadAge age, ExpiredHeads policy)
    {
        var round = WithWarning(age.Warning);
        return age.Expired is null ? round
            : policy == ExpiredHeads.Warn ? round.WithWarning(age.Expired)
            : round with { Expired = new MirrorError(Reason.ExpiredHead, age.Expired) };
    }

    /// <param name="moved">The refs that the pushes of all rounds have moved.</param>
    /// <param name="failure">The error for <see cref="Broken"/>, in words for people.</param>
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
            // If there is a worse error, the expired head becomes a warning, so that it is not hidden.
            Warnings = Expired is null || error == Expired ? Warnings : [.. Warnings, Expired.Message],
        };
    }
}
