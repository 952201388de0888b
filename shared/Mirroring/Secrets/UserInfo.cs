using Mirror.Git;

namespace Mirror.Mirroring;

/// <summary>Finds what may be a user and a password in a text given as a URL. For instance, <see cref="Uri"/> does not accept
/// <c>https://user:pa/ss@host/x</c>, which still has a password in it. It finds too much rather than too little.</summary>
internal static class UserInfo
{
    // Each '@' may end the password. Real paths have fewer than this.
    private const int MaxMarks = 8;

    private const string Scheme = "://";

    /// <summary>All candidates in each URL of the text, as written and unescaped.</summary>
    public static IEnumerable<Credential> In(string text)
    {
        var scheme = text.IndexOf(Scheme, StringComparison.Ordinal);
        do
        {
            foreach (var credential in At(text, scheme))
            {
                yield return credential;
            }
            scheme = scheme < 0 ? scheme : text.IndexOf(Scheme, scheme + Scheme.Length, StringComparison.Ordinal);
        }
        while (scheme >= 0);
    }

    /// <param name="scheme">The index of the end of the URL's scheme; negative for none.</param>
    private static IEnumerable<Credential> At(string text, int scheme)
    {
        var rest = scheme < 0 ? text : text[(scheme + Scheme.Length)..];
        var next = rest.IndexOf(Scheme, StringComparison.Ordinal) is >= 0 and var found ? found : rest.Length;
        var mark = rest.IndexOf('@', StringComparison.Ordinal);
        var colon = rest.IndexOf(':', StringComparison.Ordinal);
        if (mark < 0)
        {
            yield break;
        }
        if (colon < 0 || colon > mark)
        {
            // git@host is not secret, but https://TOKEN@host is. After a slash it is part of the path.
            var slash = rest.IndexOf('/', StringComparison.Ordinal);
            var isInHost = scheme >= 0 && (slash < 0 || slash > mark);
            if (isInHost && !text[..scheme].EndsWith("ssh", StringComparison.OrdinalIgnoreCase))
            {
                yield return new Credential(Uri.UnescapeDataString(rest[..mark]), "");
            }
            yield break;
        }
        // Without a scheme, a user name has no slash in it: refs/heads/a:refs/heads/b@1 has no user.
        for (var count = 0;
            mark >= 0 && count < MaxMarks && (scheme >= 0 || !rest[..colon].Contains('/', StringComparison.Ordinal));
            count++)
        {
            var (user, password) = (rest[..colon], rest[(colon + 1)..mark]);
            yield return new Credential(user, password);
            yield return new Credential(Uri.UnescapeDataString(user), Uri.UnescapeDataString(password));
            // A password may contain text like a scheme, so the first '@' after one counts. Later ones belong to the next URL.
            mark = mark > next ? -1 : rest.IndexOf('@', mark + 1);
        }
    }
}
