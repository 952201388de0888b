using System.Collections.Concurrent;
using Mirror.Functions.Output;
using Mirror.Functions.Telemetry;
using Mirror.Mirroring;

namespace Mirror.Functions.Commands;

/// <summary>All mirrors that were asked for, once, reported as it goes.</summary>
internal static class Batch
{
    public static async Task<int> RunAsync(MirrorCommand command, CommandCall call, Reporter reporter, CancellationToken cancellation)
    {
        using var composition = await command.OpenAsync(call, cancellation);
        var jobs = await command.PlanAsync(composition, call, cancellation);
        var outcomes = new ConcurrentBag<MirrorOutcome>();
        var listener = Listener(composition, reporter, outcomes.Add);
        await reporter.ShowAsync(() => MirrorRun.RunAsync(
            jobs.Select(job => Counted(job, reporter)), call.Options.Parallel, listener, cancellation));
        reporter.Summarize(outcomes);
        return outcomes.All(outcome => outcome.IsGood) ? ExitStatus.Done : ExitStatus.MirrorFailed;
    }

    /// <summary>One of them.</summary>
    public static Task RunOneAsync(MirrorJob job, Composition composition, Reporter reporter, CancellationToken cancellation) =>
        MirrorRun.RunOneAsync(Counted(job, reporter), Listener(composition, reporter, _ => { }), cancellation);

    // What only says what it would do is no run: it is not counted, and nobody is told.
    private static MirrorJob Counted(MirrorJob job, Reporter reporter) =>
        reporter.IsDryRun ? job : RunSignals.Over(reporter.Command, job);

    private static RunListener Listener(Composition composition, Reporter reporter, Action<MirrorOutcome> ended)
    {
        var listener = new RunListener(job => reporter.Begin(job.Mirror), (_, meter, outcome) =>
        {
            ended(outcome);
            reporter.End(meter, outcome);
        });
        return reporter.IsDryRun ? listener : listener with { Conclude = composition.Pings.TellAsync };
    }
}
