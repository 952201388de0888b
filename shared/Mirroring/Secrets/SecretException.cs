namespace Mirror.Mirroring;

/// <summary>A secret or credential that cannot be had. The message names the reference or the file, never what is in it.</summary>
public sealed class SecretException : Exception
{
    internal SecretException(string message, Exception? inner = null) : base(message, inner)
    {
    }

    /// <summary>Whether the place where it is kept is out of order, and has not said anything about the secret.</summary>
    internal bool IsTransient { get; init; }
}
