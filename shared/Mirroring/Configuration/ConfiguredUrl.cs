using Mirror.Git;

namespace Mirror.Mirroring;

/// <summary>A remote's URL in a configuration file, where passwords are not allowed.</summary>
internal static class ConfiguredUrl
{
    public static RemoteUrl Parse(string text, string directory)
    {
        RefuseSecrets(text);
        return RemoteUrl.Parse(text, directory);
    }

    /// <summary>Refuses user and password, and queries, which some servers accept tokens in. The errors do not quote.</summary>
    /// <remarks>In an http URL a user alone is refused too, since tokens are written like that. An ssh URL needs its user.</remarks>
    public static void RefuseSecrets(string text)
    {
        var schemeEnd = text.IndexOf("://", StringComparison.Ordinal);
        if (schemeEnd < 0)
        {
            return;
        }
        var rest = text.AsSpan(schemeEnd + "://".Length);
        var authorityEnd = rest.IndexOfAny("/?#\\");
        var authority = authorityEnd < 0 ? rest : rest[..authorityEnd];
        var userSize = authority.LastIndexOf('@');
        if (userSize >= 0 && !(IsSsh(text) && IsBareUser(authority[..userSize])))
        {
            throw new FormatException("a URL in a file holds no user name or password: put them under 'credentials'");
        }
        if (!IsSsh(text) && rest.ContainsAny("?#"))
        {
            throw new FormatException("a URL here has no query and no fragment");
        }
    }

    private static bool IsSsh(string text) => text.StartsWith("ssh://", StringComparison.OrdinalIgnoreCase);

    // %3A is an escaped colon.
    private static bool IsBareUser(ReadOnlySpan<char> user) =>
        !user.Contains(':') && !user.Contains("%3A", StringComparison.OrdinalIgnoreCase);
}
