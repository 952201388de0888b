using System.Text;
using Mirror.Git.Protocol;

namespace Mirror.Git.Transport;

/// <summary>Reads a child process's error output all along, so that the process never blocks, and keeps the end of it.</summary>
internal sealed class StandardErrorTail
{
    // git and ssh report an error in a line or two. A server's banner may come before.
    private const int KeptSize = 4096;

    // The exit status of ssh's own failures, ssh(1). Any other is that of the command that it runs.
    private const int SshFailed = 255;
    private const int NotFound = 127;

    // Messages from git's setup.c and path.c, and from the ssh front ends of forges.
    private static readonly string[] MissingRepository = ["does not appear to be a git repository", "not found", "does not exist",
        "not a git repository"];
    private static readonly string[] RefusedKey = ["Permission denied", "Host key verification failed", "Too many authentication failures"];

    private readonly byte[] _kept = new byte[KeptSize];
    private int _size;

    public async Task ListenAsync(Stream errors)
    {
        await using var own = errors;
        var buffer = new byte[KeptSize];
        try
        {
            int read;
            while ((read = await errors.ReadAsync(buffer)) > 0)
            {
                Keep(buffer.AsSpan(0, read));
            }
        }
        catch (IOException)
        {
            // The process was killed. The output so far is kept.
        }
    }

    public GitProtocolException Explain(GitProtocolException failure, int exitCode, RemoteScheme scheme)
    {
        var words = ToString();
        var (reason, isFinal) = Judge(words, exitCode, scheme);
        var message = words.Length > 0 ? words : exitCode != 0 ? $"{failure.Message} (exit status {exitCode})" : failure.Message;
        return new GitProtocolException(reason, message, failure) { IsFinal = isFinal };
    }

    private static (RemoteFailure Reason, bool IsFinal) Judge(string words, int exitCode, RemoteScheme scheme)
    {
        if (scheme == RemoteScheme.Ssh && exitCode == SshFailed)
        {
            return ContainsAny(words, RefusedKey) ? (RemoteFailure.Unauthorized, true) : (RemoteFailure.Unreachable, IsUnknownHost(words));
        }
        if (RemoteAdvice.IsFull(words))
        {
            return (RemoteFailure.Refused, true);
        }
        if (exitCode == NotFound)
        {
            return (RemoteFailure.Unreachable, true);
        }
        if (ContainsAny(words, MissingRepository))
        {
            return (RemoteFailure.NotFound, true);
        }
        return MovedRef.IsSaidBy(words) ? (RemoteFailure.Moved, false)
            : words.Contains("fatal:", StringComparison.Ordinal) ? (RemoteFailure.Refused, true)
            : (RemoteFailure.Disconnected, false);
    }

    private static bool IsUnknownHost(string words) => words.Contains("Could not resolve hostname", StringComparison.Ordinal);

    private static bool ContainsAny(string words, string[] phrases) =>
        Array.Exists(phrases, phrase => words.Contains(phrase, StringComparison.Ordinal));

    private void Keep(ReadOnlySpan<byte> bytes)
    {
        lock (_kept)
        {
            if (bytes.Length >= KeptSize)
            {
                bytes[^KeptSize..].CopyTo(_kept);
                _size = KeptSize;
                return;
            }
            var old = Math.Min(_size, KeptSize - bytes.Length);
            _kept.AsSpan(_size - old, old).CopyTo(_kept);
            bytes.CopyTo(_kept.AsSpan(old));
            _size = old + bytes.Length;
        }
    }

    public override string ToString()
    {
        lock (_kept)
        {
            var text = Encoding.UTF8.GetString(_kept, 0, _size);
            var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            return string.Join("; ", lines.Select(line => Printable.Text(Encoding.UTF8.GetBytes(line))).TakeLast(6));
        }
    }
}
