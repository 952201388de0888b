using System.Text.RegularExpressions;

namespace Mirror.Git.Protocol;

/// <summary>
/// How servers say that an object which they listed is none of theirs any more, because its ref moved between listing and fetching:
/// git's upload-pack.c, and JGit's WantNotValidException. The only place that knows the words. Reading the source again is all it takes,
/// so nothing else must be taken for it.
/// </summary>
internal static partial class MovedRef
{
    public static bool IsSaidBy(string text) => Git().IsMatch(text) || JGit().IsMatch(text);

    // A process's last lines stand behind one another with "; " between.
    [GeneratedRegex("(?:^|; |upload-pack: )not our ref(?: (?:[0-9a-f]{40}|[0-9a-f]{64}))?(?:$|; )", RegexOptions.CultureInvariant)]
    private static partial Regex Git();

    [GeneratedRegex("(?:^|; )want (?:[0-9a-f]{40}|[0-9a-f]{64}) not valid(?:$|; )", RegexOptions.CultureInvariant)]
    private static partial Regex JGit();
}
