using Mirror.Mirroring;

namespace Mirror.Functions.Runs;

/// <summary>Sources and targets that are both within reach, so that neither bucket nor keys nor ledgers are needed.</summary>
internal sealed class SyncJobs(Composition composition)
{
    private readonly Broker _broker = new(composition.Remotes, Random.Shared);

    // Where no state is configured, nobody keeps two runs apart but git's own locks.
    private readonly SyncTurns? _turns = composition.Configuration?.State is null ? null : new SyncTurns(composition.OpenState());

    /// <summary>The job of one mirror; null where none of that name is listed.
    /// What is wrong with it alone is said when it is run.</summary>
    public static MirrorJob? Find(Composition composition, string mirror) =>
        composition.Configuration!.Find(mirror) is not { } listed ? null
        : composition.Plan(mirror, listed.Source.Host, listed.Destination.Host) with
        {
            RunAsync = (meter, token) => new SyncJobs(composition).Job(Request(listed)).RunAsync(meter, token),
        };

    /// <summary>What the configuration asks for.</summary>
    public IEnumerable<SyncRequest> Requests => composition.Configuration!.Mirrors.Select(Request);

    public MirrorJob Job(SyncRequest request) => composition.Plan(request.Mirror, request.Source.Host, request.Target.Host) with
    {
        RunAsync = (meter, token) => Unsupported(request.Mirror) is { } unsupported
            ? Task.FromResult(new MirrorOutcome(request.Mirror, OutcomeKind.Failed) { Error = unsupported })
            : _turns is null || request.DryRun
            ? _broker.SyncAsync(request, meter, token)
            : _turns.TakeAsync(request.Mirror, turn => _broker.SyncAsync(request, meter, turn), token),
    };

    /// <summary>What a mirror asks for that only the far side of a partition does; it fails by itself then, and no other with it.</summary>
    private MirrorError? Unsupported(string mirror) =>
        composition.Configuration?.Find(mirror) is { Diverged: not Diverged.Overwrite and var diverged }
            ? new MirrorError(Reason.Configuration,
                $"'diverged: {diverged.ToString().ToLowerInvariant()}' is not supported by sync yet, only overwrite")
            : null;

    private static SyncRequest Request(ConfiguredMirror mirror) =>
        new(mirror.Name, mirror.Source, mirror.Destination) { Refs = mirror.Refs, Prune = mirror.Prune };
}
