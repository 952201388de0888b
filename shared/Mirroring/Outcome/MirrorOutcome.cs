using Mirror.Git;

namespace Mirror.Mirroring;

public enum OutcomeKind
{
    Updated,
    Unchanged,

    /// <summary>A policy stopped it: nothing is broken, but a person should look.</summary>
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

/// <summary>Why a mirror is not equal: a word to decide by, a sentence, and what became of single refs.</summary>
public sealed record MirrorError(Reason Reason, string Message)
{
    /// <summary>How many refs are told one by one.</summary>
    public const int MaxRefs = 100;

    public IReadOnlyDictionary<string, string> Refs { get; init; } = new Dictionary<string, string>();

    /// <summary>How many refs there are beyond those: a line for each of very many would be read by nobody.</summary>
    public int MoreRefs { get; init; }

    public int RefCount => Refs.Count + MoreRefs;

    /// <summary>What to do about this very cause, where more is known than the reason alone says.</summary>
    public string? Advice { get; init; }

    /// <summary>What a person can do about it; null where the message says all.</summary>
    public string? NextAction => Advice ?? Reason.NextAction;

    /// <summary>What can happen to a mirror, as its error; null of a fault of our own.</summary>
    public static MirrorError? TryOf(Exception failure) =>
        Reason.TryOf(failure) is { } reason
            ? new MirrorError(reason, failure.Message) { Advice = (failure as RemoteException)?.Advice }
            : null;

    /// <summary>The same, where after it nobody could be asked what was done and what not.</summary>
    internal MirrorError InDoubt() => this with { Message = $"{Message}; the target cannot be asked which refs have moved" };
}

/// <summary>What became of one mirror in one run. Everything that reports, reports this.</summary>
public sealed record MirrorOutcome(string Mirror, OutcomeKind Kind)
{
    public RefCounts Refs { get; init; }

    /// <summary>Where the chain is after the run; null for a direct sync, which has none.</summary>
    public long? Sequence { get; init; }

    /// <summary>What bundle was written or applied last, if any was.</summary>
    public BundleKind? Bundle { get; init; }

    /// <summary>Whether a head was put that is the first to tell of a bundle: written by
    /// this run, or by one that died before it could say so.</summary>
    public bool HasNewHead { get; init; }

    /// <summary>What nobody should overlook, although it stopped nothing.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Bytes of pack that were sent, or of the object that was written.</summary>
    public long Bytes { get; init; }

    public TimeSpan Elapsed { get; init; }

    public MirrorError? Error { get; init; }

    /// <summary>The refs that moved, or in a dry run those that would.</summary>
    public IReadOnlyCollection<RefCommand> Changes { get; init; } = [];

    /// <summary>Whether this run itself has seen that the destination is as its source, or
    /// its chain, is now. What a dry run would have done is no proof.</summary>
    public bool IsProven { get; init; }

    /// <summary>Whether another run has the mirror's turn: then that one says how the mirror is.</summary>
    public bool IsBusy => Error?.Reason == Reason.Busy;

    /// <summary>What a run is that ends with an error, or without one.</summary>
    internal static OutcomeKind KindOf(MirrorError? error, int changeCount) =>
        error?.Reason.Kind ?? (changeCount > 0 ? OutcomeKind.Updated : OutcomeKind.Unchanged);

    public bool IsGood => Kind is OutcomeKind.Updated or OutcomeKind.Unchanged;
}
