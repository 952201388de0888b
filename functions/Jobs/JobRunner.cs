using Mirror.Functions.Output;
using Mirror.Functions.Pipeline;
using Mirror.Functions.Serving;
using Mirror.Functions.Runs;
using Mirror.Mirroring;

namespace Mirror.Functions.Jobs;

/// <summary>Runs the job of a message, in the same way as the command of that name does for one mirror.</summary>
internal sealed class JobRunner(LiveComposition compositions, Settings settings, RunLog log, ConsumerHint hint)
{
    /// <summary>Throws after a failure, so that the host retries, except on the last attempt before the message would become poison. By
    /// then the failure is in the log and on the status page, and the next plan tries again. So the poison queue only gets messages that
    /// are not valid jobs.</summary>
    public async Task RunAsync(Invocation invocation, JobKind kind, CancellationToken cancellation)
    {
        var message = JobMessage.Parse(invocation.Message("message"));
        if (message.Job != kind)
        {
            throw new CallException($"the message asks for {message.Job}, and this is the queue of {kind}");
        }
        var composition = await compositions.GetAsync(cancellation);
        if (composition.Remotes.Time.GetUtcNow() - message.Planned > JobQueues.Life)
        {
            log.Drop(message,
                $"it was queued at {Iso8601.Of(message.Planned)}; jobs expire after a day, and the next plan queues a new one");
            return;
        }
        if (Find(composition, message) is not { } job)
        {
            Refuse(message);
            return;
        }
        var pipeline = new RunPipeline(composition, JobQueues.WordOf(kind)) { BrokenOff = CallDeadline.Of(kind, settings.Deadline) };
        var outcome = await pipeline.RunAsync(job, new TransferMeter(), cancellation);
        await TellAsync(composition, pipeline, job, outcome);
        if (outcome.Kind == OutcomeKind.Failed && invocation.DequeueCount < settings.MaxDequeueCount && !WouldTimeOutAgain(kind, outcome))
        {
            throw new CallException(string.Join(' ', OutcomeText.Error(outcome).Select(composition.Secrets.Redact)));
        }
    }

    /// <summary>The job of a mirror, by the configuration alone. If the side cannot be opened, that is the outcome of its run.</summary>
    private static MirrorJob? Find(Composition composition, JobMessage message)
    {
        var found = message.Job switch
        {
            JobKind.Produce => ProduceJobs.Find(composition, message.Mirror),
            JobKind.Consume => ConsumeJobs.Find(composition, message.Mirror),
            _ => SyncJobs.Find(composition, message.Mirror),
        };
        return found is null ? null : found with { Ping = composition.Configuration!.PingOf(message.Mirror) };
    }

    /// <summary>The near side's hints name its own mirrors, which this side may not have.
    /// All other messages come from this side's configuration.</summary>
    private void Refuse(JobMessage message)
    {
        if (message.Job != JobKind.Consume)
        {
            throw new CallException($"{message.Mirror}: the configuration has no such mirror");
        }
        log.Drop(message, "the configuration neither lists nor accepts this mirror");
    }

    /// <summary>Possibly after the deadline, in the time before the host kills the process.</summary>
    private async Task TellAsync(Composition composition, RunPipeline pipeline, MirrorJob job, MirrorOutcome outcome)
    {
        using var late = new CancellationTokenSource(settings.AfterRunLimit);
        log.Add(outcome, composition.Secrets.Redact);
        log.Warn(await pipeline.ConcludeAsync(job, outcome, late.Token));
        if (outcome.HasNewHead)
        {
            await hint.SendAsync(outcome.Mirror, late.Token);
        }
    }

    /// <summary>A bundle that takes longer than one call will do so at the next attempt, too. The next plan asks for it again; the
    /// deadline may have been raised by then.</summary>
    private static bool WouldTimeOutAgain(JobKind kind, MirrorOutcome outcome) =>
        kind == JobKind.Produce && outcome.Error?.Reason == Reason.Deadline;
}
