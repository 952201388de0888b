using Mirror.Git;
using Mirror.Tests.Servers;

namespace Mirror.Mirroring.Tests.Sync;

/// <summary>A source, a target and the broker between them, over any of the real servers.</summary>
internal sealed class SyncFixture
{
    public required GitRepository Source { get; init; }

    public required GitRepository Target { get; init; }

    public TransferMeter Meter { get; } = new();

    public static async Task<SyncFixture> CreateAsync(string format = "sha1") => new()
    {
        Source = await GitRepository.CreateAsync("source", format),
        Target = await GitRepository.CreateAsync("target", format),
    };

    public static RemoteSettings Settings { get; } = new() { Http = new HttpAccess(authorities: null) };

    public static RemoteUrl Url(string text) => RemoteUrl.Parse(text, "/");

    public SyncRequest Request(params string[] refs) => new("group/project", Url(Source.FileUrl), Url(Target.FileUrl))
    {
        Refs = refs.Length > 0 ? RefMap.Parse(refs) : RefMap.Default,
    };

    public Task<MirrorOutcome> SyncAsync(params string[] refs) => SyncAsync(Request(refs));

    public Task<MirrorOutcome> SyncAsync(SyncRequest request, RemoteSettings? settings = null) =>
        new Broker(settings ?? Settings, new Random(1)).SyncAsync(request, Meter, CancellationToken.None);

    /// <summary>Asserts what every good run promises: the managed refs are equal, and nothing is missing or broken.</summary>
    public async Task AssertEqualAsync()
    {
        Assert.Equal(await ManagedAsync(Source), await ManagedAsync(Target));
        await Target.FsckAsync();
    }

    public static async Task<IEnumerable<KeyValuePair<string, string>>> ManagedAsync(GitRepository repository) =>
        (await repository.RefsAsync()).Where(found =>
            found.Key.StartsWith("refs/heads/", StringComparison.Ordinal) || found.Key.StartsWith("refs/tags/", StringComparison.Ordinal));
}
