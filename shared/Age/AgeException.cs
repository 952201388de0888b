namespace Mirror.Age;

/// <summary>At which stage an age file failed. Closed: callers decide by it.</summary>
public enum AgeFailure
{
    /// <summary>The header, or the armor around the file, breaks the format.</summary>
    Header,

    /// <summary>None of the identities opens the file.</summary>
    NoIdentity,

    /// <summary>An identity fits, but the header is not the one that was written for it.</summary>
    HeaderMac,

    /// <summary>A chunk is not authentic: changed, out of its order, or cut short.</summary>
    Payload,

    /// <summary>The file ended where it cannot end.</summary>
    Truncated,
}

/// <summary>An age file cannot be read: damaged, hostile, or for somebody else.
/// Errors of the stream that it is read from are not this.</summary>
public sealed class AgeException : Exception
{
    public AgeException(AgeFailure failure, string message)
        : base(message) => Failure = failure;

    public AgeFailure Failure { get; }

    internal static AgeException Header(string what) => new(AgeFailure.Header, $"age header: {what}");

    internal static AgeException Armor(string what) => new(AgeFailure.Header, $"age armor: {what}");

    internal static AgeException Truncated(string where) => new(AgeFailure.Truncated, $"the age file ends {where}");
}
