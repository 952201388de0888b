using Mirror.Functions.Output;
using Mirror.Functions.Serving;
using Mirror.Functions.Sides;
using Mirror.Functions.Telemetry;
using Mirror.Mirroring;

namespace Mirror.Functions.Jobs;

/// <summary>Does what a message asks for: the same as the command of that name does for one mirror.</summary>
internal sealed class JobRunner(LiveWorkplace workplaces, Settings settings, RunLog log, ConsumerHint hint)
{
    /// <summary>A failure throws until the host would make poison of the message: by then it is in the log and on the status page, and the next
    /// plan tries again. So poison is only what is no job of ours.</summary>
    public async Task RunAsync(Invocation invocation, JobKind kind, CancellationToken cancellation)
    {
        var message = JobMessage.Parse(invocation.Message("message"));
        if (message.Job != kind)
        {
            throw new CallException($"the message asks for {message.Job}, and this is the queue of {kind}");
        }
        var workplace = await workplaces.GetAsync(cancellation);
        if (workplace.Remotes.Time.GetUtcNow() - message.Planned > JobQueues.Life)
        {
            log.Say($"{message.Mirror}: the message is of {message.Planned.UtcDateTime:yyyy-MM-dd HH:mm} UTC, and none lives longer than a day: it is dropped, and the next plan brings another");
            return;
        }
        var job = await FindAsync(workplace, message, cancellation)
            ?? throw new CallException($"{message.Mirror}: the configuration has no such mirror");
        var outcome = await RunSignals.ObserveAsync(kind.ToString().ToLowerInvariant(), message.Mirror, () => RunAsync(job, cancellation));
        await log.AddAsync(workplace, kind, outcome);
        if (kind == JobKind.Produce && outcome.Kind == OutcomeKind.Updated)
        {
            await hint.SendAsync(outcome.Mirror, cancellation);
        }
        log.Warn(await workplace.Pings.TellAsync(job, outcome, CancellationToken.None));
        if (outcome.Kind == OutcomeKind.Failed && invocation.DequeueCount < settings.MaxDequeueCount)
        {
            throw new CallException(string.Join(' ', OutcomeText.Error(outcome).Select(Workplace.Secrets.Redact)));
        }
    }

    private async Task<MirrorOutcome> RunAsync(MirrorJob job, CancellationToken cancellation)
    {
        try
        {
            return await job.RunAsync(new TransferMeter(), cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return new MirrorOutcome(job.Mirror, OutcomeKind.Failed)
            {
                Error = new MirrorError("deadline", $"not done in the {settings.Deadline.TotalMinutes:0.#} minutes that a call has: give it more by "
                    + "functionTimeout in host.json, on a plan that allows it (Flex Consumption, Premium and Dedicated do)"),
            };
        }
    }

    private static async Task<MirrorJob?> FindAsync(Workplace workplace, JobMessage message, CancellationToken cancellation)
    {
        switch (message.Job)
        {
            case JobKind.Produce:
                var near = await NearSide.OpenForAsync(workplace, message.Mirror, cancellation);
                return near.Requests.Where(request => request.Mirror == message.Mirror).Select(near.Job).FirstOrDefault();
            case JobKind.Consume:
                var far = await FarSide.OpenForAsync(workplace, message.Mirror, cancellation);
                return far.Requests.Where(request => request.Mirror == message.Mirror).Select(far.Job).FirstOrDefault();
            default:
                var both = new BothSides(workplace);
                return both.Requests.Where(request => request.Mirror == message.Mirror).Select(both.Job).FirstOrDefault();
        }
    }
}
