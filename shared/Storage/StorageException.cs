namespace Mirror.Storage;

/// <summary>Why a store could not do it. Closed: callers decide by it.</summary>
public enum StorageFailure
{
    NotFound,

    /// <summary>The condition of a write does not hold: the object is there, is gone, or has been changed.</summary>
    Conflict,

    /// <summary>No credentials, wrong ones, or no right to do this.</summary>
    Denied,

    /// <summary>No room is left, or a quota is used up.</summary>
    Full,

    /// <summary>Too many requests.</summary>
    Throttled,

    /// <summary>No answer, a broken one, or a fault of the store's own.</summary>
    Unavailable,

    /// <summary>Something that this store can never do, such as a key that breaks the rules.</summary>
    Invalid,
}

/// <summary>A store failed: which one, at what, and how. The message never holds a secret.</summary>
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

    /// <summary>Whether the same again, later, may well work.</summary>
    public bool IsTransient => Failure is StorageFailure.Throttled or StorageFailure.Unavailable;
}
