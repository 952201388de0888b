namespace Mirror.Git.Protocol;

/// <summary>A dialogue failed. The code that throws this does not know the remote's name or the stage; <see cref="Transport.Dialogue"/>,
/// at the library's border, adds both and makes it a <see cref="RemoteException"/>.</summary>
internal sealed class GitProtocolException : Exception
{
    private const int MaxQuoted = 80;

    // Forges write a paragraph. The message ends up in logs, in ledgers and on the status page.
    private const int MaxSaid = 2000;

    public GitProtocolException(RemoteFailure failure, string message, Exception? inner = null)
        : base(message, inner) => Failure = failure;

    public RemoteFailure Failure { get; }

    public TimeSpan? RetryAfter { get; init; }

    public bool IsFinal { get; init; }

    /// <summary>The next action for this cause, where the message does not imply it.</summary>
    public string? Advice { get; init; }

    public static GitProtocolException Malformed(string what) => new(RemoteFailure.Malformed, what);

    public static GitProtocolException Truncated(string where) => new(RemoteFailure.Disconnected, $"the connection ended {where}");

    public static GitProtocolException Unsupported(string what) => new(RemoteFailure.Unsupported, what);

    public static GitProtocolException Shallow() =>
        Unsupported("the repository is shallow: a part of its history is missing, so it cannot be mirrored");

    /// <summary>A refusal by the far side: an <c>ERR</c> line or the third side-band.</summary>
    public static GitProtocolException Refused(ReadOnlySpan<byte> message)
    {
        var text = message.Length > MaxSaid ? $"{Printable.Text(message[..MaxSaid])}…" : Printable.Text(message).Trim();
        return new GitProtocolException(MovedRef.IsSaidBy(text) ? RemoteFailure.Moved : RemoteFailure.Refused, $"the server says: {text}");
    }

    /// <summary>Quotes a line for an error message: printable, and cut at <see cref="MaxQuoted"/> bytes.</summary>
    public static string Quote(ReadOnlySpan<byte> line) =>
        line.Length > MaxQuoted ? $"'{Printable.Text(line[..MaxQuoted])}'…" : $"'{Printable.Text(line).TrimEnd()}'";
}
