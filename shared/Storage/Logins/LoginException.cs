namespace Mirror.Storage;

/// <summary>A login could not be read from the place where it is kept. Thrown by a <see cref="LoginSource{T}"/>.
/// The message never holds a secret.</summary>
public sealed class LoginException(string message, Exception inner) : Exception(message, inner)
{
    /// <summary>Whether the place was not available, so that a later attempt may succeed.</summary>
    public bool IsTransient { get; init; }
}
