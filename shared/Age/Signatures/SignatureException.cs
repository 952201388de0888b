namespace Mirror.Age.Signatures;

/// <summary>Why a signature does not count. Closed: callers decide by it.</summary>
public enum SignatureFailure
{
    /// <summary>It is not an SSH signature, or not one that we know how to check.</summary>
    Malformed,

    /// <summary>It was made for another purpose.</summary>
    WrongNamespace,

    /// <summary>It was made with a key that nobody here trusts.</summary>
    Untrusted,

    /// <summary>The message is not the one that was signed.</summary>
    Wrong,
}

/// <summary>A message is not signed as it must be: damaged, forged, or by somebody else.</summary>
public sealed class SignatureException : Exception
{
    public SignatureException(SignatureFailure failure, string message)
        : base(message) => Failure = failure;

    public SignatureFailure Failure { get; }

    internal static SignatureException Malformed(string what) => new(SignatureFailure.Malformed, $"ssh signature: {what}");
}
