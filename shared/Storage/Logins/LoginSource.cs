namespace Mirror.Storage;

/// <summary>Returns a login. When the store refuses it, the source is asked once more, since secrets are rotated. Throws
/// <see cref="LoginException"/> if the login cannot be read.</summary>
public delegate ValueTask<T> LoginSource<T>(LoginAge age, CancellationToken cancellation);

public enum LoginAge
{
    /// <summary>A cached login will do.</summary>
    Any,

    /// <summary>The login must be read again, since the store has refused the cached one.</summary>
    New,
}
