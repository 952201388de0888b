using Mirror.Git;

namespace Mirror.Mirroring;

/// <summary>Keeps a target in step with a source on the same network.
/// It reads the refs of both, and streams the missing objects from one to the other.</summary>
public sealed class Broker(RemoteSettings settings, Random random)
{
    /// <summary>Syncs one mirror. Every failure of a remote is an outcome; only cancellation and bugs are exceptions.</summary>
    public async Task<MirrorOutcome> SyncAsync(SyncRequest request, TransferMeter meter, CancellationToken cancellation)
    {
        var started = settings.Time.GetTimestamp();
        await using var run = new SyncRun(request, settings, meter);
        var outcome = await run.RunAsync(random, cancellation);
        return outcome with { Elapsed = settings.Time.GetElapsedTime(started) };
    }
}
