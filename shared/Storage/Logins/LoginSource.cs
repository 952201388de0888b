namespace Mirror.Storage;

/// <summary>Gives what to log in with. When the store refuses that, it is asked for anew, once: secrets are rotated.
/// Throws <see cref="LoginException"/> where it cannot be had.</summary>
public delegate ValueTask<T> LoginSource<T>(LoginAge age, CancellationToken cancellation);

public enum LoginAge
{
    /// <summary>What was read a while ago will do.</summary>
    Any,

    /// <summary>Read again where it comes from: the store has refused the last one.</summary>
    New,
}
