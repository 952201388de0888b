namespace Mirror.Age.Signatures;

/// <summary>Why a signature is rejected. Callers decide by this closed set.</summary>
public enum SignatureFailure
{
    /// <summary>It is not an SSH signature, or of a kind that is not supported.</summary>
    Malformed,

    /// <summary>It was made for another namespace.</summary>
    WrongNamespace,

    /// <summary>It was made with a key that is not trusted.</summary>
    Untrusted,

    /// <summary>It does not match the message.</summary>
    Wrong,
}

/// <summary>The signature of a message was rejected: the message is damaged, forged, or signed by an untrusted key.</summary>
public sealed class SignatureException : Exception
{
    public SignatureException(SignatureFailure failure, string message)
        : base(message) => Failure = failure;

    public SignatureFailure Failure { get; }

    internal static SignatureException Malformed(string what) => new(SignatureFailure.Malformed, $"ssh signature: {what}");
}
