using Mirror.Functions.Jobs;
using Mirror.Functions.Output;
using Mirror.Functions.Runs;
using Mirror.Functions.Serving;

namespace Mirror.Functions.Plan;

/// <summary>Timer <c>%MIRROR_SCHEDULE%</c>: queues a message for each mirror whose source may have changed.</summary>
internal sealed class PlanFunction(LiveComposition compositions, JobQueues queues, Settings settings, HostLog log)
{
    /// <summary>One for the whole process, since it remembers when it last ran.</summary>
    public RetiredSweep Retired { private get; init; } = new();

    public async Task RunAsync(Invocation invocation, CancellationToken cancellation)
    {
        var composition = await compositions.GetAsync(cancellation);
        var cause = invocation.IsPastDue("timer") ? "late plan" : "plan";
        string[] mirrors = [.. composition.Configuration!.Mirrors.Select(mirror => mirror.Name)];
        foreach (var job in settings.PlannedJobs)
        {
            await PlanAsync(job, mirrors, cause, cancellation);
        }
        if (settings.PlannedJobs.Contains(JobKind.Produce))
        {
            await Retired.RunAsync(composition, log.Say, log.Warn, cancellation);
        }
    }

    private async Task PlanAsync(JobKind job, string[] mirrors, string cause, CancellationToken cancellation)
    {
        if (await new Backlog(queues, log).IsTooLongAsync(job, mirrors.Length, cancellation))
        {
            return;
        }
        await queues.AskAsync(job, mirrors, cause, cancellation);
        log.Say($"queued {Quantity.Of(mirrors.Length, "job")} of {JobQueues.NameOf(job)}");
    }
}
