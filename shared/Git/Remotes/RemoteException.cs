namespace Mirror.Git;

/// <summary>Why a remote could not be used. Closed: callers decide by it.</summary>
public enum RemoteFailure
{
    /// <summary>No connection: name, port, certificate, a program that is not there.</summary>
    Unreachable,

    /// <summary>No credentials, or the remote does not take them.</summary>
    Unauthorized,

    /// <summary>Known, but not allowed.</summary>
    Forbidden,

    NotFound,

    /// <summary>Something answers, but it is not a Git server.</summary>
    NotGit,

    /// <summary>Too many requests.</summary>
    Throttled,

    /// <summary>The server has a fault of its own: 5xx.</summary>
    Unavailable,

    /// <summary>The connection ended too soon.</summary>
    Disconnected,

    /// <summary>Nothing came for longer than the limit, or nothing of use.</summary>
    Stalled,

    /// <summary>The remote's refs changed while we looked.</summary>
    Moved,

    /// <summary>The remote understood and said no.</summary>
    Refused,

    /// <summary>Bytes that break the protocol.</summary>
    Malformed,

    /// <summary>Something that this program cannot do.</summary>
    Unsupported,
}

/// <summary>A remote failed: which one, at what stage, and how. The message never holds a password that the remote was given.</summary>
public sealed class RemoteException : Exception
{
    public RemoteException(RemoteFailure failure, string remote, string stage, string message, Exception? inner = null)
        : base($"{remote}: {stage}: {message}", inner)
    {
        Failure = failure;
        Remote = remote;
        Stage = stage;
    }

    public RemoteFailure Failure { get; }

    /// <summary>The remote's URL without credentials.</summary>
    public string Remote { get; }

    /// <summary>What was being done, in words: <c>read refs</c>, <c>fetch</c>, <c>push</c>.</summary>
    public string Stage { get; }

    /// <summary>How long the server asks to be left alone.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Whether the same again, later, may well work.</summary>
    public bool IsTransient => IsTransientFailure(Failure) && !IsFinal;

    /// <summary>Set where a failure that is usually passing is known to last, such as a host name that does not exist.</summary>
    public bool IsFinal { get; init; }

    /// <summary>What to do about this very cause; null where the failure alone says it.</summary>
    public string? Advice
    {
        get => field ?? RemoteAdvice.TryOf(Message, Remote);
        init;
    }

    private static bool IsTransientFailure(RemoteFailure failure) => failure
        is RemoteFailure.Unreachable
        or RemoteFailure.Throttled
        or RemoteFailure.Unavailable
        or RemoteFailure.Disconnected
        or RemoteFailure.Stalled
        or RemoteFailure.Moved;
}
