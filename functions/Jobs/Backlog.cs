using Mirror.Functions.Serving;

namespace Mirror.Functions.Jobs;

/// <summary>What still waits of earlier plans.</summary>
internal sealed class Backlog(JobQueues queues, HostLog log)
{
    // What webhooks and hints ask for, and what is no job and on its way to become poison, waits in the same queue.
    private const int Others = JobQueues.PeekCount;

    /// <summary>Whether more waits than one message for each mirror, which is said. Another plan on top of it would make nothing faster, and
    /// the queue longer for ever. The service counts messages that nobody can take yet as well, so those that can be taken are looked at: a
    /// queue full of delayed messages must not stop all plans.</summary>
    public async Task<bool> IsTooLongAsync(JobKind job, int mirrors, CancellationToken cancellation)
    {
        var waiting = await queues.CountAsync(JobQueues.NameOf(job), cancellation);
        var isTooLong = waiting > mirrors + Others && await queues.VisibleCountAsync(JobQueues.NameOf(job), cancellation) >= Others;
        if (isTooLong)
        {
            log.Warn($"warning: {waiting} jobs of {JobQueues.NameOf(job)} still wait, so nothing is planned: the app is slower than its schedule");
        }
        return isTooLong;
    }
}
