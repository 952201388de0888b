namespace Mirror.Git;

/// <summary>The words that name the far side on ssh's command line. They are checked against an allow-list: ssh takes a leading '-' for
/// an option (CVE-2017-1000117), and passes host and user to the shell that runs ProxyCommand or a Match exec (CVE-2023-51385).</summary>
internal static class SshDestination
{
    private const string InHost = "._-";
    private const string InAddress = "._-:%";
    private const string InUser = "._-+@%=,:/";

    /// <summary>The host without the brackets of <c>[::1]</c>, which ssh would take for part of the name.</summary>
    public static string Bare(string host) => IsBracketed(host) ? host[1..^1] : host;

    public static void CheckHost(string host)
    {
        var bare = Bare(host);
        if (bare.Length == 0)
        {
            throw new FormatException("an ssh remote needs a host and a path");
        }
        Check("host", bare, IsBracketed(host) ? InAddress : InHost);
    }

    public static void CheckUser(string user)
    {
        if (user.Length == 0)
        {
            throw new FormatException("an ssh remote has an empty user before its '@'");
        }
        Check("user", user, InUser);
    }

    public static void RefuseOption(string name, string word)
    {
        if (word.StartsWith('-'))
        {
            throw new FormatException($"an ssh remote's {name} begins with '-': ssh would take it for an option");
        }
    }

    // The error names one character and not the word, which may be a misplaced password.
    private static void Check(string name, string word, string others)
    {
        RefuseOption(name, word);
        foreach (var rune in word.EnumerateRunes())
        {
            if (!System.Text.Rune.IsLetterOrDigit(rune) && !others.Contains(rune.ToString(), StringComparison.Ordinal))
            {
                throw new FormatException(
                    $"an ssh remote's {name} has {Shown(rune)} in it, which is refused: give the host a short name in ~/.ssh/config, "
                    + "and write that");
            }
        }
    }

    private static string Shown(System.Text.Rune rune) =>
        rune.Value is > ' ' and < 0x7f ? $"the character '{rune}'" : $"the character U+{rune.Value:X4}";

    private static bool IsBracketed(string host) => host.StartsWith('[') && host.EndsWith(']');
}
