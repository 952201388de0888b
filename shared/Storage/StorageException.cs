namespace Mirror.Storage;

/// <summary>Why a store failed. Callers decide by this closed set.</summary>
public enum StorageFailure
{
    NotFound,

    /// <summary>The condition of a write does not hold: the object exists, is gone, or has changed.</summary>
    Conflict,

    /// <summary>No credentials, wrong ones, or a missing permission.</summary>
    Denied,

    /// <summary>No space is left, or a quota is used up.</summary>
    Full,

    /// <summary>Too many requests.</summary>
    Throttled,

    /// <summary>No answer, an invalid answer, or a fault of the store itself.</summary>
    Unavailable,

    /// <summary>This store can never do it, for instance because the key breaks the rules.</summary>
    Invalid,
}

/// <summary>A store failed. The message says which one, at which action, and how. It never holds a secret.</summary>
public sealed class StorageException : Exception
{
    internal StorageException(StorageFailure failure, string store, string action, string message, Exception? inner = null)
        : base($"{store}: {action}: {message}", inner)
    {
        Failure = failure;
        Store = store;
    }

    public StorageFailure Failure { get; }

    public string Store { get; }

    /// <summary>Whether the same action may succeed later.</summary>
    public bool IsTransient => Failure is StorageFailure.Throttled or StorageFailure.Unavailable;
}
