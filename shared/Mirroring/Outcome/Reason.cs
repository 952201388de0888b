using Mirror.Age;
using Mirror.Git;
using Mirror.Storage;

namespace Mirror.Mirroring;

/// <summary>
/// Why a mirror is not equal: the word that scripts decide by, the kind of outcome, the meaning, and the next action. The set is closed:
/// the words are those of <see cref="All"/>, and a published word never changes.
/// docs/reasons.md is this list, and a test keeps them equal.
/// </summary>
public sealed partial class Reason
{
    private Reason(string word, OutcomeKind kind, string meaning, string? nextAction)
    {
        Word = word;
        Kind = kind;
        Meaning = meaning;
        NextAction = nextAction;
    }

    public string Word { get; }

    /// <summary>
    /// The outcome of a run with this reason: <see cref="OutcomeKind.Failed"/>, or <see cref="OutcomeKind.Held"/> if a policy stopped it.
    /// </summary>
    public OutcomeKind Kind { get; }

    public string Meaning { get; }

    /// <summary>The next action for a person; null if the message is enough.</summary>
    public string? NextAction { get; }

    /// <summary>The reason of a failure that can happen to a mirror; null for a bug.</summary>
    public static Reason? TryOf(Exception failure) => failure switch
    {
        RemoteException remote => Of(remote.Failure),
        StorageException store => Of(store.Failure),
        ChainException chain => Of(chain.Failure),
        SecretException or AgeKeyException => Credentials,
        BusyException => Busy,
        _ => null,
    };

    /// <summary>The reason for a stored word. A word of another release counts as a failure without further details.</summary>
    public static Reason Named(string word) =>
        Words.TryGetValue(word, out var known)
            ? known
            : new Reason(word, OutcomeKind.Failed, "a reason that this release does not know", null);

    public override string ToString() => Word;

    private static Reason Of(RemoteFailure failure) => failure switch
    {
        RemoteFailure.Unreachable => Unreachable,
        RemoteFailure.Unauthorized => Unauthorized,
        RemoteFailure.Forbidden => Forbidden,
        RemoteFailure.NotFound => NotFound,
        RemoteFailure.NotGit => NotGit,
        RemoteFailure.Throttled => Throttled,
        RemoteFailure.Unavailable => Unavailable,
        RemoteFailure.Disconnected => Disconnected,
        RemoteFailure.Stalled => Stalled,
        RemoteFailure.Moved => Moved,
        RemoteFailure.Refused => Refused,
        RemoteFailure.Malformed => Malformed,
        RemoteFailure.Unsupported => Unsupported,
        _ => throw new ArgumentOutOfRangeException(nameof(failure), failure, "a failure without a reason"),
    };

    private static Reason Of(StorageFailure failure) => failure switch
    {
        StorageFailure.NotFound => StoreNotFound,
        StorageFailure.Conflict => StoreConflict,
        StorageFailure.Denied => StoreDenied,
        StorageFailure.Full => StoreFull,
        StorageFailure.Throttled => StoreThrottled,
        StorageFailure.Unavailable => StoreUnavailable,
        StorageFailure.Invalid => StoreInvalid,
        _ => throw new ArgumentOutOfRangeException(nameof(failure), failure, "a failure without a reason"),
    };

    private static Reason Of(ChainFailure failure) => failure switch
    {
        ChainFailure.NoHead => NoHead,
        ChainFailure.Undecryptable => Undecryptable,
        ChainFailure.DamagedHead => DamagedHead,
        ChainFailure.Signature => Signature,
        ChainFailure.Malformed => MalformedHead,
        ChainFailure.WrongMirror => WrongMirror,
        ChainFailure.Rollback => Rollback,
        ChainFailure.MissingBundle => MissingBundle,
        ChainFailure.NoSequence => NoSequence,
        ChainFailure.BadBundle => BadBundle,
        ChainFailure.RefusedBundle => RefusedBundle,
        _ => throw new ArgumentOutOfRangeException(nameof(failure), failure, "a failure without a reason"),
    };
}
