using Mirror.Mirroring;

namespace Mirror.Functions.Runs;

/// <summary>Jobs whose source and target are both reachable, so that they need no bucket, keys or ledgers.</summary>
internal sealed class SyncJobs(Composition composition)
{
    private readonly Broker _broker = new(composition.Remotes, Random.Shared);

    // Without a state, only git's own locks separate two runs.
    private readonly SyncTurns? _turns = composition.Configuration?.State is null ? null : new SyncTurns(composition.OpenState());

    /// <summary>The job of one mirror; null if the name is not listed. An error of this mirror alone is reported when it runs.</summary>
    public static MirrorJob? Find(Composition composition, string mirror) =>
        composition.Configuration!.Find(mirror) is not { } listed ? null
        : composition.Plan(mirror, listed.Source.Host, listed.Destination.Host) with
        {
            RunAsync = (meter, token) => new SyncJobs(composition).Job(Request(listed)).RunAsync(meter, token),
        };

    /// <summary>The configured mirrors.</summary>
    public IEnumerable<SyncRequest> Requests => composition.Configuration!.Mirrors.Select(Request);

    public MirrorJob Job(SyncRequest request) => composition.Plan(request.Mirror, request.Source.Host, request.Target.Host) with
    {
        RunAsync = (meter, token) => Unsupported(request.Mirror) is { } unsupported
            ? Task.FromResult(new MirrorOutcome(request.Mirror, OutcomeKind.Failed) { Error = unsupported })
            : _turns is null || request.DryRun
            ? _broker.SyncAsync(request, meter, token)
            : _turns.TakeAsync(request.Mirror, turn => _broker.SyncAsync(request, meter, turn), token),
    };

    /// <summary>Options that only the far side of a partition supports. Only this mirror fails because of them.</summary>
    private MirrorError? Unsupported(string mirror) =>
        composition.Configuration?.Find(mirror) is { Diverged: not Diverged.Overwrite and var diverged }
            ? new MirrorError(Reason.Configuration,
                $"'diverged: {diverged.ToString().ToLowerInvariant()}' is not supported by sync yet, only overwrite")
            : null;

    private static SyncRequest Request(ConfiguredMirror mirror) =>
        new(mirror.Name, mirror.Source, mirror.Destination) { Refs = mirror.Refs, Prune = mirror.Prune };
}
