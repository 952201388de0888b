using Mirror.Git;

namespace Mirror.Mirroring;

/// <summary>Keeps a target in step with a source on the same network: asks both, and streams what is missing from one to the other.</summary>
public sealed class Broker(RemoteSettings settings, Random random)
{
    /// <summary>Brings one mirror in step. Whatever a remote does is an outcome; only cancellation and our own faults are exceptions.</summary>
    public async Task<MirrorOutcome> SyncAsync(SyncRequest request, TransferMeter meter, CancellationToken cancellation)
    {
        var started = settings.Time.GetTimestamp();
        var run = new SyncRun(request, settings, meter);
        var backoff = new Backoff(settings.Time, random);
        MirrorError? failure = null;
        for (var isDone = false; !isDone;)
        {
            try
            {
                isDone = await run.RoundAsync(cancellation);
            }
            catch (RemoteException broken) when (broken.IsTransient && backoff.Next(broken.RetryAfter) is { } delay)
            {
                meter.Stage = "waiting to try again";
                meter.Note?.Invoke($"{broken.Message}; trying again in {delay.TotalSeconds:0.0} s");
                await backoff.WaitAsync(delay, cancellation);
            }
            catch (Exception broken) when (broken is RemoteException or SecretException)
            {
                var doubt = await run.TryLookBackAsync(cancellation) ? "" : "; the target cannot be asked which refs have moved";
                failure = new MirrorError(Reasons.Of(broken), broken.Message + doubt);
                isDone = true;
            }
        }
        return run.Outcome(failure) with { Elapsed = settings.Time.GetElapsedTime(started) };
    }
}
