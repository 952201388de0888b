namespace Mirror.Mirroring;

/// <summary>A secret or credential cannot be read. The message names the reference or the file, never its content.</summary>
public sealed class SecretException : Exception
{
    internal SecretException(string message, Exception? inner = null) : base(message, inner)
    {
    }

    /// <summary>Whether the place where it is kept was not available, so that a later attempt may succeed.</summary>
    public bool IsTransient { get; init; }
}
