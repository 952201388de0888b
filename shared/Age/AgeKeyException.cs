namespace Mirror.Age;

/// <summary>The text of a key, age's or OpenSSH's, cannot be used: a mistake in
/// a configuration. The message never quotes a secret.</summary>
public sealed class AgeKeyException : Exception
{
    public AgeKeyException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
