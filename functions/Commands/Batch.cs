using System.Collections.Concurrent;
using Mirror.Functions.Output;
using Mirror.Functions.Telemetry;
using Mirror.Mirroring;

namespace Mirror.Functions.Commands;

/// <summary>One round over all mirrors that were asked for, reported as it goes.</summary>
internal static class Batch
{
    public static async Task<int> RunAsync(IReadOnlyList<MirrorJob> jobs, Composition composition, Reporter reporter,
        CancellationToken cancellation)
    {
        var outcomes = new ConcurrentBag<MirrorOutcome>();
        var listener = new RunListener(job => reporter.Begin(job.Mirror), (_, meter, outcome) =>
        {
            outcomes.Add(outcome);
            reporter.End(meter, outcome);
        });
        // What only says what it would do is no run: it is not counted, and nobody is told.
        var runs = reporter.IsDryRun ? jobs : [.. jobs.Select(job => RunSignals.Over(reporter.Command, job))];
        var told = reporter.IsDryRun ? listener : listener with { Conclude = composition.Pings.TellAsync };
        await reporter.WatchAsync(parallel => MirrorRun.RunAsync(runs, parallel, told, cancellation));
        reporter.Summarize(outcomes);
        return outcomes.All(outcome => outcome.IsGood) ? ExitStatus.Done : ExitStatus.MirrorFailed;
    }
}
