using Mirror.Tests.Servers;

namespace Mirror.Git.Tests.Remotes;

/// <summary>A repository as one way leads to it, and the settings for that way.</summary>
internal sealed record Remote(RemoteUrl Url, RemoteSettings Settings)
{
    /// <summary>Every way to a repository that there is.</summary>
    public static TheoryData<string> Ways => ["v2", "v0", "auth", "redirect", "elsewhere", "tls", "ssh", "file"];

    /// <summary>Those that differ in how one reads, HTTP's own matters aside.</summary>
    public static TheoryData<string> WaysToRead => ["v2", "v0", "ssh", "file"];

    /// <summary>The same for writing, of which there is no version 2.</summary>
    public static TheoryData<string> WaysToWrite => ["v0", "ssh", "file"];

    // One for all: connections are kept between tests as they are between mirrors.
    public static HttpAccess Http { get; } = new(authorities: null);

    private static readonly Lazy<Task<HttpAccess>> Trusting = new(
        async () => new HttpAccess((await ApacheServer.SharedAsync()).AuthorityFile));

    public static async Task<Remote> ToAsync(GitRepository repository, string way)
    {
        if (way == "file")
        {
            return At(repository.FileUrl);
        }
        if (way == "ssh")
        {
            var ssh = await SshServer.SharedAsync();
            return At(ssh.Url(repository), new RemoteSettings { Http = Http, SshCommand = ssh.Command });
        }
        var apache = await ApacheServer.SharedAsync();
        if (way == "elsewhere")
        {
            return At(apache.Url(repository, Route.Elsewhere)).Following(RedirectPolicy.Any);
        }
        return way == "tls"
            ? At(apache.TlsUrl(repository), new RemoteSettings { Http = await Trusting.Value })
            : At(apache.Url(repository, way == "v2" ? Route.Git : Enum.Parse<Route>(way, ignoreCase: true)), new RemoteSettings
            {
                Http = Http,
                FindCredential = (_, _, _) =>
                    ValueTask.FromResult<Credential?>(way == "auth" ? new(ApacheServer.Username, ApacheServer.Password) : null),
            });
    }

    public static Remote At(string url, RemoteSettings? settings = null) =>
        new(RemoteUrl.Parse(url, Scratch.Root), settings ?? new RemoteSettings { Http = Http });

    public Remote Following(RedirectPolicy redirects) => this with { Url = Url with { Redirects = redirects } };

    public UploadPack Read() => UploadPack.Open(Url, Settings);

    public ReceivePack Write() => ReceivePack.Open(Url, Settings);
}
