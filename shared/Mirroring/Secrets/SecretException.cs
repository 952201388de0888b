namespace Mirror.Mirroring;

/// <summary>A secret or credential that cannot be had. The message names the reference or the file, never what is in it.</summary>
public sealed class SecretException : Exception
{
    internal SecretException(string message, Exception? inner = null) : base(message, inner)
    {
    }
}
