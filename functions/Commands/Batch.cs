using System.Collections.Concurrent;
using Mirror.Functions.Output;
using Mirror.Functions.Pipeline;
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
        await reporter.ShowAsync(() => MirrorRun.RunAsync(jobs, call.Options.Parallel, listener, cancellation));
        reporter.Summarize(outcomes);
        await command.TidyAsync(composition, call, cancellation);
        return outcomes.All(outcome => outcome.IsGood) ? ExitStatus.Done : ExitStatus.MirrorFailed;
    }

    /// <summary>One of them.</summary>
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
        // What only says what it would do is no run: it is not counted, nobody is told, and nothing is written.
        return reporter.IsDryRun ? listener : listener with { Run = pipeline.RunAsync, Conclude = pipeline.ConcludeAsync };
    }
}
