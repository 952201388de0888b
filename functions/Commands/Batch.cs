using System.Collections.Concurrent;
using Mirror.Functions.Output;
using Mirror.Functions.Pipeline;
using Mirror.Mirroring;

namespace Mirror.Functions.Commands;

/// <summary>Runs all requested mirrors once, and reports their outcomes as they come.</summary>
internal static class Batch
{
    public static async Task<int> RunAsync(MirrorCommand command, CommandCall call, Reporter reporter, CancellationToken cancellation)
    {
        using var composition = await command.OpenAsync(call, cancellation);
        var jobs = await command.PlanAsync(composition, call, cancellation);
        var outcomes = new ConcurrentBag<MirrorOutcome>();
        var listener = Listener(composition, reporter, outcomes.Add);
        await reporter.ShowAsync(() => MirrorRun.RunAsync(jobs, call.Options.Parallel, listener, cancellation));
        reporter.Summarize(outcomes);
        await command.TidyAsync(composition, call, cancellation);
        return outcomes.All(outcome => outcome.IsGood) ? ExitStatus.Done : ExitStatus.MirrorFailed;
    }

    /// <summary>Runs one mirror and reports its outcome.</summary>
    public static Task RunOneAsync(MirrorJob job, Composition composition, Reporter reporter, CancellationToken cancellation) =>
        MirrorRun.RunOneAsync(job, Listener(composition, reporter, _ => { }), cancellation);

    private static RunListener Listener(Composition composition, Reporter reporter, Action<MirrorOutcome> ended)
    {
        var listener = new RunListener(job => reporter.Begin(job.Mirror), (_, meter, outcome) =>
        {
            ended(outcome);
            reporter.End(meter, outcome);
        });
        var pipeline = new RunPipeline(composition, reporter.Command);
        // A dry run is not counted, pinged or recorded.
        return reporter.IsDryRun ? listener : listener with { Run = pipeline.RunAsync, Conclude = pipeline.ConcludeAsync };
    }
}
