namespace Mirror.Age;

/// <summary>The stage at which an age file failed. Callers decide by this closed set.</summary>
public enum AgeFailure
{
    /// <summary>The header, or the armor around the file, breaks the format.</summary>
    Header,

    /// <summary>None of the identities opens the file.</summary>
    NoIdentity,

    /// <summary>An identity fits, but the MAC of the header does not match.</summary>
    HeaderMac,

    /// <summary>A chunk is not authentic: changed, out of order, or cut.</summary>
    Payload,

    /// <summary>The file ended too early.</summary>
    Truncated,
}

/// <summary>An age file cannot be read: it is damaged, hostile, or encrypted to other recipients.
/// Errors of the source stream have their own types.</summary>
public sealed class AgeException : Exception
{
    public AgeException(AgeFailure failure, string message)
        : base(message) => Failure = failure;

    public AgeFailure Failure { get; }

    internal static AgeException Header(string what) => new(AgeFailure.Header, $"age header: {what}");

    internal static AgeException Armor(string what) => new(AgeFailure.Header, $"age armor: {what}");

    internal static AgeException Truncated(string where) => new(AgeFailure.Truncated, $"the age file ends {where}");
}
