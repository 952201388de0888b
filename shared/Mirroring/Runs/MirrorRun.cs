using System.Diagnostics;

namespace Mirror.Mirroring;

/// <summary>One mirror's work in a run.</summary>
/// <param name="Hosts">The hosts that it uses.</param>
/// <param name="RunAsync">Does the work. Every failure of remotes and stores is an outcome.</param>
public sealed record MirrorJob(string Mirror, IReadOnlyCollection<string> Hosts, Func<TransferMeter, CancellationToken,
    Task<MirrorOutcome>> RunAsync)
{
    /// <summary>The URL to ping with the outcome; null for none.</summary>
    public PingUrl? Ping { get; init; }

    /// <summary>The deadline; null for none.</summary>
    public RunDeadline? Deadline { get; init; }

    /// <summary>Keeps an outcome that the run could not keep itself, and returns it.</summary>
    public Func<MirrorOutcome, Task<MirrorOutcome>> RememberAsync { get; init; } = Task.FromResult;
}

/// <summary>Receives the progress of a run: it makes a meter when a job begins, and takes the outcomes one at a time.</summary>
public sealed record RunListener(Func<MirrorJob, TransferMeter> Begin, Action<MirrorJob, TransferMeter, MirrorOutcome> End)
{
    /// <summary>Runs a job when its turn comes. Every failure is an outcome.</summary>
    public Func<MirrorJob, TransferMeter, CancellationToken, Task<MirrorOutcome>> Run { get; init; } = MirrorRun.GuardedAsync;

    /// <summary>Called in a mirror's own turn with its outcome; returns the outcome to report.</summary>
    public Func<MirrorJob, MirrorOutcome, CancellationToken, Task<MirrorOutcome>> Conclude { get; init; } = (_, outcome, _) =>
        Task.FromResult(outcome);
}

/// <summary>Runs many mirrors, several at a time.</summary>
public static class MirrorRun
{
    /// <summary>Runs all jobs and reports every outcome as it comes. A failing mirror does not stop the others.</summary>
    public static async Task RunAsync(IEnumerable<MirrorJob> jobs, int parallel, RunListener listener, CancellationToken cancellation)
    {
        var queue = new FairQueue<MirrorJob>(jobs, job => job.Hosts);
        var reporting = new Lock();
        await Task.WhenAll(Enumerable.Range(0, parallel).Select(_ => Task.Run(WorkAsync)));

        async Task WorkAsync()
        {
            while (queue.TryTake(out var job))
            {
                var meter = listener.Begin(job);
                var outcome = await listener.Run(job, meter, cancellation);
                queue.Release(job);
                outcome = await listener.Conclude(job, outcome, cancellation);
                lock (reporting)
                {
                    listener.End(job, meter, outcome);
                }
            }
        }
    }

    /// <summary>Runs one job and reports its outcome.</summary>
    public static async Task RunOneAsync(MirrorJob job, RunListener listener, CancellationToken cancellation)
    {
        var meter = listener.Begin(job);
        var outcome = await listener.Conclude(job, await listener.Run(job, meter, cancellation), cancellation);
        listener.End(job, meter, outcome);
    }

    /// <summary>Runs one job. Only cancellation is an exception.</summary>
    public static async Task<MirrorOutcome> GuardedAsync(MirrorJob job, TransferMeter meter, CancellationToken cancellation)
    {
        var began = Stopwatch.GetTimestamp();
        try
        {
            var outcome = job.Deadline is null
                ? await job.RunAsync(meter, cancellation)
                : await job.Deadline.RunAsync(token => job.RunAsync(meter, token), cancellation);
            return outcome ?? await job.RememberAsync(Failed(job.Deadline!.Error(meter.Stage)));
        }
        catch (Exception fault) when (!cancellation.IsCancellationRequested)
        {
            // A bug. It must not stop the other mirrors, so it becomes this one's outcome, with all details for a bug report.
            return Failed(new MirrorError(Reason.Internal, fault.ToString()));
        }

        MirrorOutcome Failed(MirrorError error) => new(job.Mirror, OutcomeKind.Failed)
        {
            Error = error,
            Elapsed = Stopwatch.GetElapsedTime(began),
        };
    }
}
