namespace Mirror.Mirroring;

/// <summary>Many mirrors in one run, several at a time.</summary>
public static class MirrorRun
{
    /// <summary>Runs each mirror through <paramref name="work"/> and hands every outcome on as it comes. One that breaks stops no other.</summary>
    public static async Task RunAsync(
        IEnumerable<SyncRequest> mirrors, int parallel, Func<SyncRequest, Task<MirrorOutcome>> work, Action<SyncRequest, MirrorOutcome> report)
    {
        var queue = new FairQueue<SyncRequest>(mirrors, mirror => [mirror.Source.Host, mirror.Target.Host]);
        var reporting = new Lock();
        await Task.WhenAll(Enumerable.Range(0, parallel).Select(_ => Task.Run(WorkAsync)));

        async Task WorkAsync()
        {
            while (queue.TryTake(out var mirror))
            {
                var outcome = await GuardedAsync(mirror, work);
                queue.Release(mirror);
                lock (reporting)
                {
                    report(mirror, outcome);
                }
            }
        }
    }

    private static async Task<MirrorOutcome> GuardedAsync(SyncRequest mirror, Func<SyncRequest, Task<MirrorOutcome>> work)
    {
        try
        {
            return await work(mirror);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            // A fault of our own. It must not cost the other mirrors their turn, so it becomes this one's outcome, whole, for a bug report.
            return new MirrorOutcome(mirror.Mirror, OutcomeKind.Failed) { Error = new MirrorError("internal", fault.ToString()) };
        }
    }
}
