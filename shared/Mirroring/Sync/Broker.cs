using Mirror.Git;

namespace Mirror.Mirroring;

/// <summary>Keeps a target in step with a source on the same network: asks both,
/// and streams what is missing from one to the other.</summary>
public sealed class Broker(RemoteSettings settings, Random random)
{
    /// <summary>Brings one mirror in step. Whatever a remote does is an outcome;
    /// only cancellation and our own faults are exceptions.</summary>
    public async Task<MirrorOutcome> SyncAsync(SyncRequest request, TransferMeter meter, CancellationToken cancellation)
    {
        var started = settings.Time.GetTimestamp();
        await using var run = new SyncRun(request, settings, meter);
        var outcome = await run.RunAsync(random, cancellation);
        return outcome with { Elapsed = settings.Time.GetElapsedTime(started) };
    }
}
