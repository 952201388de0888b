using Mirror.Functions.Serving;

namespace Mirror.Functions.Jobs;

/// <summary>What still waits of earlier plans.</summary>
internal sealed class Backlog(JobQueues queues, HostLog log)
{
    // What webhooks and hints ask for, and what is no job and on its way to become poison, waits in the same queue.
    private const int Others = JobQueues.PeekCount;

    public Task<bool> IsTooLongAsync(JobKind job, int mirrors, CancellationToken cancellation) =>
        IsTooLongAsync(job, () => Task.FromResult(mirrors), cancellation);

    /// <summary>Whether more messages wait than one for each mirror; then it warns. Another plan on top of them would make nothing faster,
    /// and the queue longer for ever. The service also counts messages that nobody can take yet, so those that can be taken are looked at:
    /// a queue full of delayed messages must not stop all plans.</summary>
    /// <param name="mirrors">Counts all mirrors that may have a job in the queue, not only those of this plan. Called only when many
    /// messages wait.</param>
    public async Task<bool> IsTooLongAsync(JobKind job, Func<Task<int>> mirrors, CancellationToken cancellation)
    {
        var waiting = await queues.CountAsync(JobQueues.NameOf(job), cancellation);
        var isTooLong = waiting > Others && waiting > await mirrors() + Others
            && await queues.VisibleCountAsync(JobQueues.NameOf(job), cancellation) >= Others;
        if (isTooLong)
        {
            log.Warn($"warning: {waiting} jobs of {JobQueues.NameOf(job)} still wait, so nothing is queued: "
                + "the app is slower than its schedule");
        }
        return isTooLong;
    }
}
