namespace Mirror.Git;

public enum RemoteScheme
{
    Https,
    Http,
    Ssh,
    File,
}

/// <summary>The place of a repository: a URL, git's <c>user@host:path</c>, or a path.
/// <see cref="ToString"/> never shows a password.</summary>
public sealed record RemoteUrl
{
    private RemoteUrl(RemoteScheme scheme, string path)
    {
        Scheme = scheme;
        Path = path;
    }

    public RemoteScheme Scheme { get; }

    /// <summary>The path at the host, for HTTP and SSH as in the URL; for a file an absolute path.</summary>
    public string Path { get; }

    /// <summary>The host as in the URL; empty for a file.</summary>
    public string Host { get; private init; } = "";

    /// <summary>The port, if the URL has one and it is not the scheme's default.</summary>
    public int? Port { get; private init; }

    /// <summary>The user in an ssh URL.</summary>
    public string? User { get; private init; }

    /// <summary>The user and password in an HTTP URL, before the @.</summary>
    public Credential? Credential { get; private init; }

    /// <summary>The hosts that an HTTP server may redirect to.</summary>
    public RedirectPolicy Redirects { get; init; } = RedirectPolicy.SameHost;

    /// <summary>For HTTP, the URL without user and password and without a trailing slash.</summary>
    internal Uri? Http { get; private init; }

    /// <summary>Reads a URL or path; a relative path is relative to <paramref name="directory"/>.</summary>
    public static RemoteUrl Parse(string text, string directory)
    {
        if (text.Length == 0)
        {
            throw new FormatException("a remote's URL is empty");
        }
        RefuseControlCharacters(text);
        var schemeEnd = text.IndexOf("://", StringComparison.Ordinal);
        if (schemeEnd > 0)
        {
            return ParseUrl(text, text[..schemeEnd].ToLowerInvariant());
        }
        // git's own rule: with a colon before the first slash it is host:path, otherwise a local path. The colons of [::1] do not count.
        var bracket = text.StartsWith('[') || text.Contains("@[", StringComparison.Ordinal)
            ? text.IndexOf("]:", StringComparison.Ordinal) + 1
            : 0;
        var colon = text.IndexOf(':', bracket);
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        return colon > 0 && (slash < 0 || colon < slash)
            ? ParseScp(text, colon)
            : new RemoteUrl(RemoteScheme.File, System.IO.Path.GetFullPath(text, directory));
    }

    private static RemoteUrl ParseUrl(string text, string scheme)
    {
        if (scheme == "file")
        {
            var path = Unescaped(text["file://".Length..]);
            return path.StartsWith('/')
                ? new RemoteUrl(RemoteScheme.File, System.IO.Path.GetFullPath(path))
                : throw new FormatException("a file URL is file:///absolute/path");
        }
        if (scheme is not ("http" or "https" or "ssh"))
        {
            throw new FormatException($"'{scheme}://' is not supported: use https, http, ssh, file, or a path");
        }
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Host.Length == 0)
        {
            throw new FormatException("a remote's URL is malformed");
        }
        // Dropping them would address another repository, and a query may hold a token.
        if (uri.Query.Length > 0 || uri.Fragment.Length > 0)
        {
            throw new FormatException("a remote's URL has a query or a fragment: write '?' in a path as %3F and '#' as %23");
        }
        int? port = uri.IsDefaultPort || uri.Port < 0 ? null : uri.Port;
        var (user, password) = SplitUserInfo(uri.UserInfo);
        if (scheme == "ssh")
        {
            // As in git, ssh://host/~user/path means the path ~user/path.
            var path = Unescaped(uri.AbsolutePath);
            return Ssh(uri.Host, path.StartsWith("/~", StringComparison.Ordinal) ? path[1..] : path, user, port);
        }
        var bare = new UriBuilder(uri) { UserName = "", Password = "" }.Uri;
        return new RemoteUrl(scheme == "https" ? RemoteScheme.Https : RemoteScheme.Http, bare.AbsolutePath)
        {
            Host = bare.Host,
            Port = port,
            Credential = user is null ? null : new Credential(user, password ?? "") { Origin = "the URL" },
            Http = new Uri(bare.AbsoluteUri.TrimEnd('/')),
        };
    }

    private static RemoteUrl ParseScp(string text, int colon)
    {
        var host = text[..colon];
        var at = host.LastIndexOf('@');
        var path = text[(colon + 1)..];
        if (path.TrimStart('/').Split('/')[0].Contains('@', StringComparison.Ordinal))
        {
            // user:password@host/path is an https URL without its scheme. ssh would show the password in its messages.
            throw new FormatException("a remote's URL looks like user:password@host without https:// before it");
        }
        return Ssh(host[(at + 1)..], path, at < 0 ? null : host[..at], port: null);
    }

    private static RemoteUrl Ssh(string host, string path, string? user, int? port)
    {
        SshDestination.CheckHost(host);
        if (user is not null)
        {
            SshDestination.CheckUser(user);
        }
        SshDestination.RefuseOption("path", path);
        return path.Length == 0
            ? throw new FormatException("an ssh remote needs a host and a path")
            : new RemoteUrl(RemoteScheme.Ssh, path) { Host = host, User = user, Port = port };
    }

    private static (string? User, string? Password) SplitUserInfo(string userInfo)
    {
        if (userInfo.Length == 0)
        {
            return (null, null);
        }
        var colon = userInfo.IndexOf(':', StringComparison.Ordinal);
        return colon < 0
            ? (Unescaped(userInfo), null)
            : (Unescaped(userInfo[..colon]), Unescaped(userInfo[(colon + 1)..]));
    }

    private static string Unescaped(string text)
    {
        var unescaped = Uri.UnescapeDataString(text);
        RefuseControlCharacters(unescaped);
        return unescaped;
    }

    /// <summary>A control character could make one line of a request, a log or a credential file look like two,
    /// or end a word early.</summary>
    private static void RefuseControlCharacters(string text)
    {
        if (text.AsSpan().ContainsAnyInRange('\0', '\u001f'))
        {
            throw new FormatException("a remote's URL has a control character in it");
        }
    }

    /// <summary>The default name of a mirror with this destination:
    /// <c>group/project_name</c>, or the folder's name of a local path.</summary>
    public string MirrorName
    {
        get
        {
            var path = Path.Trim('/');
            path = Scheme == RemoteScheme.File ? System.IO.Path.GetFileName(path) : Uri.UnescapeDataString(path);
            return path.EndsWith(".git", StringComparison.Ordinal) && path.Length > ".git".Length ? path[..^".git".Length] : path;
        }
    }

    /// <summary>The URL without password, for people and logs.</summary>
    public override string ToString() => Scheme switch
    {
        RemoteScheme.File => Path,
        RemoteScheme.Ssh => $"ssh://{(User is null ? "" : $"{User}@")}{Host}{(Port is null ? "" : $":{Port}")}/{Path.TrimStart('/')}",
        _ => Http!.AbsoluteUri,
    };
}
