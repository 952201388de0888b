using Mirror.Mirroring;

namespace Mirror.Functions.Sides;

/// <summary>Sources and targets that are both within reach, so that neither bucket nor keys nor ledgers are needed.</summary>
internal sealed class BothSides(Workplace workplace)
{
    private readonly Broker _broker = new(workplace.Remotes, Random.Shared);
    private readonly Func<string, PingUrl?> _pings = workplace.Configuration?.Pings() ?? (_ => null);

    /// <summary>What the configuration asks for.</summary>
    public IEnumerable<SyncRequest> Requests => workplace.Configuration!.Mirrors.Select(Request);

    public MirrorJob Job(SyncRequest request) =>
        new(request.Mirror, [request.Source.Host, request.Target.Host], (meter, token) => _broker.SyncAsync(request, meter, token))
        {
            Ping = request.DryRun ? null : _pings(request.Mirror),
        };

    private static SyncRequest Request(ConfiguredMirror mirror) => mirror.Diverged == Diverged.Overwrite
        ? new SyncRequest(mirror.Name, mirror.Source, mirror.Destination) { Refs = mirror.Refs, Prune = mirror.Prune }
        : throw new UsageException($"{mirror.Name}: 'diverged: {mirror.Diverged.ToString().ToLowerInvariant()}' is not supported by sync yet, only overwrite");
}
