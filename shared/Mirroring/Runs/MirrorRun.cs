using System.Diagnostics;

namespace Mirror.Mirroring;

/// <summary>What is to be done for one mirror of a run.</summary>
/// <param name="Hosts">Who is kept busy by it.</param>
/// <param name="RunAsync">Does it; whatever remotes and stores do is an outcome.</param>
public sealed record MirrorJob(string Mirror, IReadOnlyCollection<string> Hosts, Func<TransferMeter, CancellationToken,
    Task<MirrorOutcome>> RunAsync)
{
    /// <summary>Who is told what became of it; null for nobody.</summary>
    public PingUrl? Ping { get; init; }

    /// <summary>How long it may take; null for ever.</summary>
    public RunDeadline? Deadline { get; init; }

    /// <summary>Keeps an outcome that the run was not there to keep by itself, and gives it back.</summary>
    public Func<MirrorOutcome, Task<MirrorOutcome>> RememberAsync { get; init; } = Task.FromResult;
}

/// <summary>Who hears of a run: gives a meter when a job begins, and takes the outcome, one at a time.</summary>
public sealed record RunListener(Func<MirrorJob, TransferMeter> Begin, Action<MirrorJob, TransferMeter, MirrorOutcome> End)
{
    /// <summary>Does a job whose turn has come; whatever becomes of it is its outcome.</summary>
    public Func<MirrorJob, TransferMeter, CancellationToken, Task<MirrorOutcome>> Run { get; init; } = MirrorRun.GuardedAsync;

    /// <summary>What is done in a mirror's own turn when its outcome is known, and what it makes of the outcome.</summary>
    public Func<MirrorJob, MirrorOutcome, CancellationToken, Task<MirrorOutcome>> Conclude { get; init; } = (_, outcome, _) =>
        Task.FromResult(outcome);
}

/// <summary>Many mirrors in one run, several at a time.</summary>
public static class MirrorRun
{
    /// <summary>Does each job and reports every outcome as it comes. A failing mirror does not stop the others.</summary>
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

    /// <summary>Does one job and reports its outcome.</summary>
    public static async Task RunOneAsync(MirrorJob job, RunListener listener, CancellationToken cancellation)
    {
        var meter = listener.Begin(job);
        var outcome = await listener.Conclude(job, await listener.Run(job, meter, cancellation), cancellation);
        listener.End(job, meter, outcome);
    }

    /// <summary>Does one job. Only what is broken off is an exception.</summary>
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
            // A fault of our own. It must not cost the other mirrors their turn, so it becomes this one's outcome, whole, for a bug report.
            return Failed(new MirrorError(Reason.Internal, fault.ToString()));
        }

        MirrorOutcome Failed(MirrorError error) => new(job.Mirror, OutcomeKind.Failed)
        {
            Error = error,
            Elapsed = Stopwatch.GetElapsedTime(began),
        };
    }
}
