using System.Net.Http.Headers;
using System.Text;

namespace Mirror.Tests.Servers;

/// <summary>What Apache does with a request, by the first folder of its URL.</summary>
public enum Route
{
    /// <summary>Protocol v2 and older, as the client asks.</summary>
    Git,

    /// <summary>The server never sees the header that asks for v2.</summary>
    V0,

    /// <summary>As <see cref="Git"/>, for <see cref="ApacheServer.Username"/> and <see cref="ApacheServer.Password"/> alone.</summary>
    Auth,

    /// <summary>302 to <see cref="Git"/> on the same host.</summary>
    Redirect,

    /// <summary>302 to <see cref="Git"/> on another host name, and another port where there is no TLS.</summary>
    Elsewhere,

    /// <summary>200 with a page for people, as a login page in the way does.</summary>
    Html,
}

/// <summary>The real Apache with <c>git http-backend</c>, over http and https with HTTP/2. One for all tests of a process.</summary>
public sealed class ApacheServer : IAsyncDisposable
{
    public const string Username = "user";
    public const string Password = "pass:word";

    private static readonly Lazy<Task<ApacheServer>> Shared = new(StartAsync);

    private readonly ServerProcess _process;
    private readonly ApacheConfiguration _configuration;

    private ApacheServer(ServerProcess process, ApacheConfiguration configuration)
    {
        _process = process;
        _configuration = configuration;
    }

    public int Port => _configuration.Port;

    public int TlsPort => _configuration.TlsPort;

    /// <summary>The certificate of the authority that signed the server's own, as PEM: for <c>http.sslCAInfo</c>.</summary>
    public string AuthorityFile => _configuration.Certificate.AuthorityFile;

    public string ErrorLogFile => _configuration.ErrorLog;

    /// <summary>The server that all tests share. It stops when the process ends.</summary>
    public static Task<ApacheServer> SharedAsync() => Shared.Value;

    /// <summary>A server of one's own, for the test that breaks or stops it.</summary>
    public static async Task<ApacheServer> StartAsync()
    {
        var folder = Scratch.NewFolder("apache");
        var certificate = ThrowawayCertificate.Create(folder);
        ApacheConfiguration? configuration = null;
        var process = await ServerProcess.StartAsync(() =>
        {
            configuration = ApacheConfiguration.Write(folder, certificate);
            return configuration.Start;
        });
        return new ApacheServer(process, configuration!);
    }

    public string Url(GitRepository repository, Route route = Route.Git) => $"http://127.0.0.1:{Port}{PathOf(repository, route)}";

    public string TlsUrl(GitRepository repository, Route route = Route.Git) => $"https://127.0.0.1:{TlsPort}{PathOf(repository, route)}";

    private static string PathOf(GitRepository repository, Route route) => $"/{route.ToString().ToLowerInvariant()}/{repository.Name}";

    /// <summary>Lets <see cref="Username"/> in with another password from now on. For a server of one's own.</summary>
    public void ChangePassword(string password) => _configuration.WritePassword(password);

    /// <summary>What was asked about a repository so far, oldest first, once every request under way has ended.</summary>
    public Task<IReadOnlyList<ServedRequest>> RequestsAsync(GitRepository repository) =>
        new ApacheLog(_configuration.AccessLog, _configuration.ForensicLog).ReadAsync($"/{repository.Name}");

    /// <summary>The header that <see cref="Route.Auth"/> wants.</summary>
    public static AuthenticationHeaderValue Authorization { get; } =
        new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Username}:{Password}")));

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
