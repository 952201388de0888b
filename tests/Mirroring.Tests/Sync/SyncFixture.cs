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

    public SyncRequest Request(params string[] refs) =>
        new("group/project", Remotes.Url(Source.FileUrl), Remotes.Url(Target.FileUrl)) { Refs = Remotes.Map(refs) };

    public Task<MirrorOutcome> SyncAsync(params string[] refs) => SyncAsync(Request(refs));

    public Task<MirrorOutcome> SyncAsync(SyncRequest request, RemoteSettings? settings = null) =>
        new Broker(settings ?? Remotes.Settings, new Random(1)).SyncAsync(request, Meter, CancellationToken.None);

    /// <summary>Asserts what every good run promises.</summary>
    public Task AssertEqualAsync() => Remotes.AssertEqualAsync(Source, Target);
}
