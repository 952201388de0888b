using Mirror.Age;
using Mirror.Git;
using Mirror.Storage;

namespace Mirror.Mirroring;

/// <summary>
/// Why a mirror is not equal: the word that scripts decide by, what the run is then, what it means, and what to do. Closed: the words are
/// those of <see cref="All"/>, and once published they stay. docs/reasons.md is this list, and a test holds them equal.
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
    /// What a run is that ends with it: <see cref="OutcomeKind.Failed"/>, or <see cref="OutcomeKind.Held"/> where a policy stopped it.
    /// </summary>
    public OutcomeKind Kind { get; }

    public string Meaning { get; }

    /// <summary>What a person can do about it; null where the message says all.</summary>
    public string? NextAction { get; }

    /// <summary>The reason of a failure that can happen to a mirror, or null of one that is a fault of our own.</summary>
    public static Reason? TryOf(Exception failure) => failure switch
    {
        RemoteException remote => Of(remote.Failure),
        StorageException store => Of(store.Failure),
        ChainException chain => Of(chain.Failure),
        SecretException or AgeKeyException => Credentials,
        BusyException => Busy,
        _ => null,
    };

    /// <summary>
    /// The reason of a word that was stored. One that another release knows is a failure, and nothing else is known of it.
    /// </summary>
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
