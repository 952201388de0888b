using Mirror.Functions.Jobs;
using Mirror.Functions.Serving;

namespace Mirror.Functions.Plan;

/// <summary>Timer <c>%MIRROR_SCHEDULE%</c>: a message for each mirror whose source may have changed.</summary>
internal sealed class PlanFunction(LiveWorkplace workplaces, JobQueues queues, Settings settings, TimeProvider time, HostLog log)
{
    // What webhooks ask for, and what is no job and on its way to become poison, waits in the same queue.
    private const int Others = 32;

    public async Task RunAsync(Invocation invocation, CancellationToken cancellation)
    {
        var workplace = await workplaces.GetAsync(cancellation);
        var cause = invocation.IsPastDue("timer") ? "late plan" : "plan";
        string[] mirrors = [.. workplace.Configuration!.Mirrors.Select(mirror => mirror.Name)];
        foreach (var job in settings.PlannedJobs)
        {
            await PlanAsync(job, mirrors, cause, cancellation);
        }
    }

    private async Task PlanAsync(JobKind job, string[] mirrors, string cause, CancellationToken cancellation)
    {
        // Where the last plan is not worked off, another one on top of it would make nothing faster, and the queue longer for ever.
        var waiting = await queues.CountAsync(JobQueues.NameOf(job), cancellation);
        if (waiting > mirrors.Length + Others)
        {
            log.Warn($"warning: {waiting} jobs of {JobQueues.NameOf(job)} still wait, so nothing is planned: the app is slower than its schedule");
            return;
        }
        await queues.SendAsync(job, [.. mirrors.Select(mirror => new JobMessage(job, mirror, cause, time.GetUtcNow()))], cancellation);
        log.Say($"planned {mirrors.Length} jobs of {JobQueues.NameOf(job)}");
    }
}
