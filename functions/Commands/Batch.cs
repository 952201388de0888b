using System.Collections.Concurrent;
using Mirror.Functions.Output;
using Mirror.Mirroring;

namespace Mirror.Functions.Commands;

/// <summary>One round over all mirrors that were asked for, reported as it goes.</summary>
internal static class Batch
{
    public static async Task<int> RunAsync(
        IReadOnlyList<SyncRequest> mirrors, Reporter reporter, Func<SyncRequest, TransferMeter, Task<MirrorOutcome>> work, CancellationToken cancellation)
    {
        var outcomes = new ConcurrentBag<MirrorOutcome>();
        var meters = new ConcurrentDictionary<SyncRequest, TransferMeter>(ReferenceEqualityComparer.Instance);
        var each = new MirrorWork(
            (mirror, _) => work(mirror, meters.GetOrAdd(mirror, _ => reporter.Begin(mirror.Mirror))),
            (mirror, outcome) =>
            {
                outcomes.Add(outcome);
                reporter.End(meters[mirror], outcome);
            });
        await reporter.WatchAsync(parallel => MirrorRun.RunAsync(mirrors, parallel, each, cancellation));
        reporter.Summarize(outcomes);
        return outcomes.All(outcome => outcome.IsGood) ? ExitStatus.Done : ExitStatus.MirrorFailed;
    }
}
