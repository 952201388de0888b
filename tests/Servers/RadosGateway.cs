namespace Mirror.Tests.Servers;

/// <summary>A real S3 server: Ceph's, which judges conditions on objects as Amazon does, though not when parts are joined. One cluster for
/// all tests of a process, all in memory.</summary>
public sealed class RadosGateway : IAsyncDisposable
{
    /// <summary>The access key of the user who may make buckets; with <see cref="Secret"/> behind it the secret key.</summary>
    public const string Writer = "writer";

    /// <summary>A user who may do what a bucket's policy says.</summary>
    public const string Reader = "reader";

    public const string Secret = "-secret";

    private static readonly Lazy<Task<string>> Cluster = new(StartClusterAsync);
    private static readonly Lazy<Task<RadosGateway>> Shared = new(StartAsync);

    // Held, so that the pipe stays open for as long as this process lives.
    private static ServerProcess? s_cluster;

    private readonly ServerProcess _process;
    private readonly string _folder;

    private RadosGateway(ServerProcess process, string folder, int port) => (_process, _folder, Port) = (process, folder, port);

    public int Port { get; }

    public Uri Url => new($"http://127.0.0.1:{Port}");

    /// <summary>The server that all tests share. It stops when the process ends.</summary>
    public static Task<RadosGateway> SharedAsync() => Shared.Value;

    /// <summary>A gateway of one's own to the same buckets, for the test that kills it.</summary>
    public static async Task<RadosGateway> StartAsync()
    {
        var (folder, port) = (await Cluster.Value, 0);
        var process = await ServerProcess.StartAsync(() => Start("gateway", folder, $"{port = ServerProcess.FreePort()}"));
        return new RadosGateway(process, folder, port);
    }

    /// <summary>The same gateway, after it was disposed: at the same place.</summary>
    public async Task<RadosGateway> StartAgainAsync() =>
        new(await ServerProcess.StartAsync(() => Start("gateway", _folder, $"{Port}")), _folder, Port);

    private static async Task<string> StartClusterAsync()
    {
        var folder = Scratch.NewFolder("ceph");
        foreach (var program in new[] { "ceph-mon", "ceph-osd", "ceph", "radosgw", "radosgw-admin" })
        {
            ServerProcess.Find(program);
        }
        s_cluster = await ServerProcess.StartAsync(() =>
            Start("cluster", folder, $"{ServerProcess.FreePort()}", $"{ServerProcess.FreePort()}"));
        return folder;
    }

    private static ServerStart Start(string mode, string folder, params string[] arguments)
    {
        var ready = Path.Combine(folder, $"{Scratch.Unique(mode)}.ready");
        var script = Path.Combine(AppContext.BaseDirectory, "radosgw");
        return new ServerStart("bash", [script, mode, folder, .. arguments, ready], ready, Path.Combine(folder, $"{mode}.log"))
        {
            Patience = TimeSpan.FromMinutes(2),
        };
    }

    /// <summary>Kills it.</summary>
    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
