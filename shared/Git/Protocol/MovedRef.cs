using System.Text.RegularExpressions;

namespace Mirror.Git.Protocol;

/// <summary>
/// Recognises a server's error that it no longer serves an object which it listed, because the ref moved between listing and fetching:
/// git's upload-pack.c, and JGit's WantNotValidException. Only this class knows the words. The source is then read again, so the patterns
/// must not match any other error.
/// </summary>
internal static partial class MovedRef
{
    public static bool IsSaidBy(string text) => Git().IsMatch(text) || JGit().IsMatch(text);

    // The last lines of a process are joined with "; ".
    [GeneratedRegex("(?:^|; |upload-pack: )not our ref(?: (?:[0-9a-f]{40}|[0-9a-f]{64}))?(?:$|; )", RegexOptions.CultureInvariant)]
    private static partial Regex Git();

    [GeneratedRegex("(?:^|; )want (?:[0-9a-f]{40}|[0-9a-f]{64}) not valid(?:$|; )", RegexOptions.CultureInvariant)]
    private static partial Regex JGit();
}
