namespace Mirror.Git.Protocol;

/// <summary>A dialogue failed, seen from inside: nobody here knows the remote's name or the stage. At the library's border
/// <see cref="Transport.Dialogue"/> adds both and makes it a <see cref="RemoteException"/>.</summary>
internal sealed class GitProtocolException : Exception
{
    private const int MaxQuoted = 80;

    // Forges write a paragraph. A message ends up in logs, in ledgers and on the status page.
    private const int MaxSaid = 2000;

    public GitProtocolException(RemoteFailure failure, string message, Exception? inner = null)
        : base(message, inner) => Failure = failure;

    public RemoteFailure Failure { get; }

    public TimeSpan? RetryAfter { get; init; }

    public bool IsFinal { get; init; }

    /// <summary>What to do about this very cause, where it does not follow from the words.</summary>
    public string? Advice { get; init; }

    public static GitProtocolException Malformed(string what) => new(RemoteFailure.Malformed, what);

    public static GitProtocolException Truncated(string where) => new(RemoteFailure.Disconnected, $"the connection ended {where}");

    public static GitProtocolException Unsupported(string what) => new(RemoteFailure.Unsupported, what);

    public static GitProtocolException Shallow() =>
        Unsupported("the repository is shallow: a part of its history is missing, so it cannot be mirrored");

    /// <summary>The far side's own refusal: an <c>ERR</c> line or the third side-band.</summary>
    public static GitProtocolException Refused(ReadOnlySpan<byte> message)
    {
        var text = message.Length > MaxSaid ? $"{Printable.Text(message[..MaxSaid])}…" : Printable.Text(message).Trim();
        return new GitProtocolException(MovedRef.IsSaidBy(text) ? RemoteFailure.Moved : RemoteFailure.Refused, $"the server says: {text}");
    }

    /// <summary>A line as an error may show it: printable, in quotes, not too long.</summary>
    public static string Quote(ReadOnlySpan<byte> line) =>
        line.Length > MaxQuoted ? $"'{Printable.Text(line[..MaxQuoted])}'…" : $"'{Printable.Text(line).TrimEnd()}'";
}
