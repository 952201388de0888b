using Mirror.Git;

namespace Mirror.Mirroring;

/// <summary>What may be a user and a password in text that somebody typed as a URL: <c>https://user:pa/ss@host/x</c> is none to
/// <see cref="Uri"/>, and yet holds a password. Guesses too much rather than too little.</summary>
internal static class UserInfo
{
    // Each may be the one that ends the password; nobody's path has more.
    private const int MaxMarks = 8;

    private const string Scheme = "://";

    /// <summary>All that it could be, as written and unescaped, in each URL of the text.</summary>
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

    /// <param name="scheme">Where the end of the URL's scheme is; negative where there is none.</param>
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
            // git@host is no secret, and https://TOKEN@host is one. Behind a slash it is a part of the path.
            var slash = rest.IndexOf('/', StringComparison.Ordinal);
            var isInHost = scheme >= 0 && (slash < 0 || slash > mark);
            if (isInHost && !text[..scheme].EndsWith("ssh", StringComparison.OrdinalIgnoreCase))
            {
                yield return new Credential(Uri.UnescapeDataString(rest[..mark]), "");
            }
            yield break;
        }
        // Without a scheme, refs/heads/a:refs/heads/b@1 is no user: those have no slash in their name.
        for (var count = 0;
            mark >= 0 && count < MaxMarks && (scheme >= 0 || !rest[..colon].Contains('/', StringComparison.Ordinal));
            count++)
        {
            var (user, password) = (rest[..colon], rest[(colon + 1)..mark]);
            yield return new Credential(user, password);
            yield return new Credential(Uri.UnescapeDataString(user), Uri.UnescapeDataString(password));
            // A password may hold what looks like a scheme, so the first mark behind one counts, and what follows is of the next URL.
            mark = mark > next ? -1 : rest.IndexOf('@', mark + 1);
        }
    }
}
