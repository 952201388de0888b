namespace Mirror.Git;

/// <summary>Why a remote could not be used. Callers decide by this closed set.</summary>
public enum RemoteFailure
{
    /// <summary>No connection: wrong name or port, a certificate that is not trusted, a program that is not installed.</summary>
    Unreachable,

    /// <summary>No credentials, or the remote does not accept them.</summary>
    Unauthorized,

    /// <summary>The remote knows the user, who lacks the permission.</summary>
    Forbidden,

    NotFound,

    /// <summary>Something answers, but it is not a Git server.</summary>
    NotGit,

    /// <summary>Too many requests.</summary>
    Throttled,

    /// <summary>The server reports a fault of its own: 5xx.</summary>
    Unavailable,

    /// <summary>The connection ended too soon.</summary>
    Disconnected,

    /// <summary>Nothing, or nothing useful, arrived within the limit.</summary>
    Stalled,

    /// <summary>The remote's refs changed during the run.</summary>
    Moved,

    /// <summary>The remote understood the request and refused it.</summary>
    Refused,

    /// <summary>The remote sent bytes that break the protocol.</summary>
    Malformed,

    /// <summary>The remote needs a feature that this program lacks.</summary>
    Unsupported,
}

/// <summary>A remote failed. The message says which one, at what stage, and how. It never holds a password for the remote.</summary>
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

    /// <summary>The step that failed: <c>read refs</c>, <c>fetch</c>, <c>push</c>.</summary>
    public string Stage { get; }

    /// <summary>How long the server asks us to wait before the next request.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Whether the same operation may succeed later.</summary>
    public bool IsTransient => IsTransientFailure(Failure) && !IsFinal;

    /// <summary>Set where a usually transient failure is known to last, such as a host name that does not exist.</summary>
    public bool IsFinal { get; init; }

    /// <summary>The next action for this cause; null where that of the <see cref="Failure"/> is right.</summary>
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
