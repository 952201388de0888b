namespace Mirror.Git;

/// <summary>The next action for a failure, found by the words that git, ssh and forges use for its cause. A reason such as "unauthorized"
/// has one next action for all of its causes. This table has the common causes that need another one.</summary>
public static class RemoteAdvice
{
    private const int SshPort = 22;

    private const string KnownHosts = "~/.ssh/known_hosts";

    private const string MakeRoom = "make room at the remote (its disk or quota is full), then run it again";

    // The first match counts. {0} is the host, {1} ssh-keyscan's option for its port, {2} its name in known_hosts.
    private static readonly (string Words, string Advice)[] Causes =
    [
        ("REMOTE HOST IDENTIFICATION HAS CHANGED",
            $"the host shows another key than the one in {KnownHosts}: ask who runs it; if it has really changed: ssh-keygen -R {{2}}, "
            + "then add the new key"),
        ("Host key verification failed",
            $"the host's key is not in {KnownHosts}: ssh-keyscan {{1}}{{0}} > host.pub, compare ssh-keygen -lf host.pub "
            + $"with the fingerprint that the host's owner publishes, then cat host.pub >> {KnownHosts}"),
        ("Too many authentication failures",
            "the ssh agent offers more keys than the host tries: name the right one, MIRROR_SSH='ssh -i FILE -o IdentitiesOnly=yes'"),
        ("Permission denied (publickey",
            "the host accepts no key of this user: add the public key (ssh-add -L, or ~/.ssh/*.pub) to the account there, or name the key, "
            + "MIRROR_SSH='ssh -i FILE'; a key with a passphrase needs an agent"),
        ("dubious ownership",
            "another user owns the repository: run mirror as that user, or git config --global --add safe.directory PATH"),
        ("No space left on device", MakeRoom),
        ("Disk quota exceeded", MakeRoom),
        ("deletion of the current branch prohibited",
            "the target's HEAD names this branch: set it to one that the source has (git symbolic-ref HEAD refs/heads/main, or the default "
            + "branch in the forge's settings), or leave the ref out: '^refs/heads/…'"),
        ("branch is currently checked out",
            "the target has a working tree: use a bare repository, or git config receive.denyCurrentBranch ignore in it"),
    ];

    /// <summary>Null where the reason's own next action is the best one known.</summary>
    /// <param name="words">The message of the remote or its program.</param>
    /// <param name="remote">The remote's URL, as it is shown.</param>
    public static string? TryOf(string words, string remote)
    {
        foreach (var (part, advice) in Causes)
        {
            if (words.Contains(part, StringComparison.Ordinal))
            {
                var url = Uri.TryCreate(remote, UriKind.Absolute, out var parsed) && parsed.Host.Length > 0 ? parsed : null;
                var (host, port) = (url?.Host ?? "HOST", url is { Port: > 0 and not SshPort } ? url.Port : (int?)null);
                return advice.Replace("{0}", host, StringComparison.Ordinal)
                    .Replace("{1}", port is null ? "" : $"-p {port} ", StringComparison.Ordinal)
                    // Quoted, since a shell would take the brackets for a pattern.
                    .Replace("{2}", port is null ? host : $"'[{host}]:{port}'", StringComparison.Ordinal);
            }
        }
        return null;
    }

    /// <summary>Whether a retry cannot help until there is more room at the remote.</summary>
    internal static bool IsFull(string words) => TryOf(words, "") == MakeRoom;
}
