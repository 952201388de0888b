namespace Mirror.Storage;

/// <summary>What to log in with cannot be had where it is kept. Thrown by a
/// <see cref="LoginSource{T}"/>; the message never holds a secret.</summary>
public sealed class LoginException(string message, Exception inner) : Exception(message, inner)
{
    /// <summary>Whether the place where it is kept is out of order, and has not said anything about it.</summary>
    public bool IsTransient { get; init; }
}
