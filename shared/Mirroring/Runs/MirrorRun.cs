namespace Mirror.Mirroring;

/// <summary>What is done with each mirror of a run, and who hears of it.</summary>
public sealed record MirrorWork(Func<SyncRequest, CancellationToken, Task<MirrorOutcome>> RunAsync, Action<SyncRequest, MirrorOutcome> Report);

/// <summary>Many mirrors in one run, several at a time.</summary>
public static class MirrorRun
{
    /// <summary>Does the work on each mirror and reports every outcome as it comes. One that breaks stops no other.</summary>
    public static async Task RunAsync(
        IEnumerable<SyncRequest> mirrors, int parallel, MirrorWork work, CancellationToken cancellation)
    {
        var queue = new FairQueue<SyncRequest>(mirrors, mirror => [mirror.Source.Host, mirror.Target.Host]);
        var reporting = new Lock();
        await Task.WhenAll(Enumerable.Range(0, parallel).Select(_ => Task.Run(WorkAsync)));

        async Task WorkAsync()
        {
            while (queue.TryTake(out var mirror))
            {
                var outcome = await GuardedAsync(mirror, work, cancellation);
                queue.Release(mirror);
                lock (reporting)
                {
                    work.Report(mirror, outcome);
                }
            }
        }
    }

    private static async Task<MirrorOutcome> GuardedAsync(SyncRequest mirror, MirrorWork work, CancellationToken cancellation)
    {
        try
        {
            return await work.RunAsync(mirror, cancellation);
        }
        catch (Exception fault) when (!cancellation.IsCancellationRequested)
        {
            // A fault of our own. It must not cost the other mirrors their turn, so it becomes this one's outcome, whole, for a bug report.
            return new MirrorOutcome(mirror.Mirror, OutcomeKind.Failed) { Error = new MirrorError("internal", fault.ToString()) };
        }
    }
}
