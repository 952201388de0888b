using Mirror.Git;

namespace Mirror.Mirroring;

public enum OutcomeKind
{
    Updated,
    Unchanged,

    /// <summary>A policy stopped the mirror. Nothing is broken, but a person should look at it.</summary>
    Held,

    Failed,
}

/// <summary>How many refs a run moved at the destination, and how many it could not.</summary>
public readonly record struct RefCounts(int Created, int Updated, int Deleted, int Rejected)
{
    internal static RefCounts Of(IReadOnlyCollection<RefCommand> changes, int rejected) => new(
        changes.Count(change => change.IsCreate),
        changes.Count(change => change is { IsCreate: false, IsDelete: false }),
        changes.Count(change => change.IsDelete),
        rejected);
}

/// <summary>Why a mirror is not equal: a reason for scripts, a message, and the errors of single refs.</summary>
public sealed record MirrorError(Reason Reason, string Message)
{
    /// <summary>How many refs are listed one by one.</summary>
    public const int MaxRefs = 100;

    public IReadOnlyDictionary<string, string> Refs { get; init; } = new Dictionary<string, string>();

    /// <summary>How many refs there are beyond that limit. A line for each of very many refs would not be read.</summary>
    public int MoreRefs { get; init; }

    public int RefCount => Refs.Count + MoreRefs;

    /// <summary>The next action for this cause, if more is known than the reason alone implies.</summary>
    public string? Advice { get; init; }

    /// <summary>The next action for a person; null if the message is enough.</summary>
    public string? NextAction => Advice ?? Reason.NextAction;

    /// <summary>The error for a failure that can happen to a mirror; null for a bug.</summary>
    public static MirrorError? TryOf(Exception failure) =>
        Reason.TryOf(failure) is { } reason
            ? new MirrorError(reason, failure.Message) { Advice = (failure as RemoteException)?.Advice }
            : null;

    /// <summary>The same error, for a target that could not be read afterwards, so that the result of the push is unknown.</summary>
    internal MirrorError InDoubt() => this with { Message = $"{Message}; the target cannot be asked which refs have moved" };
}

/// <summary>The outcome of one mirror in one run. All reports are made from it.</summary>
public sealed record MirrorOutcome(string Mirror, OutcomeKind Kind)
{
    public RefCounts Refs { get; init; }

    /// <summary>The chain's sequence after the run; null for a direct sync, which has no chain.</summary>
    public long? Sequence { get; init; }

    /// <summary>The kind of the last bundle written or applied; null for none.</summary>
    public BundleKind? Bundle { get; init; }

    /// <summary>Whether the run put a head that is the first to name some bundle: written by this run, or by an earlier one that died
    /// before it put its head.</summary>
    public bool HasNewHead { get; init; }

    /// <summary>Problems that did not stop the run but need attention.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>The size of the pack sent, or of the object written.</summary>
    public long Bytes { get; init; }

    public TimeSpan Elapsed { get; init; }

    public MirrorError? Error { get; init; }

    /// <summary>The refs that moved, or, in a dry run, would move.</summary>
    public IReadOnlyCollection<RefCommand> Changes { get; init; } = [];

    /// <summary>Whether this run itself has seen that the destination equals its source or its chain. A dry run is no proof.</summary>
    public bool IsProven { get; init; }

    /// <summary>Whether another run holds the mirror's turn. Then that run reports the mirror's state.</summary>
    public bool IsBusy => Error?.Reason == Reason.Busy;

    /// <summary>The kind of a run with this error, or without one.</summary>
    internal static OutcomeKind KindOf(MirrorError? error, int changeCount) =>
        error?.Reason.Kind ?? (changeCount > 0 ? OutcomeKind.Updated : OutcomeKind.Unchanged);

    public bool IsGood => Kind is OutcomeKind.Updated or OutcomeKind.Unchanged;
}
