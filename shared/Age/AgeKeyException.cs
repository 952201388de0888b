namespace Mirror.Age;

/// <summary>The text of an age or OpenSSH key is not valid, which is a mistake in the configuration.
/// The message never quotes a secret.</summary>
public sealed class AgeKeyException : Exception
{
    public AgeKeyException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
