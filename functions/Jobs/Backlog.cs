using Mirror.Functions.Serving;

namespace Mirror.Functions.Jobs;

/// <summary>Checks whether jobs of earlier plans are still waiting.</summary>
internal sealed class Backlog(JobQueues queues, HostLog log)
{
    // Room for messages in the same queue that are not from a plan:
    // of webhooks and hints, and invalid ones on their way to the poison queue.
    private const int Others = JobQueues.PeekCount;

    public Task<bool> IsTooLongAsync(JobKind job, int mirrors, CancellationToken cancellation) =>
        IsTooLongAsync(job, () => Task.FromResult(mirrors), cancellation);

    /// <summary>Whether more messages wait than there are mirrors; if so, it warns. Another plan would not make anything faster, and the
    /// queue would grow for ever. The service also counts messages that are not visible yet, so the visible ones are checked: a queue of
    /// delayed messages must not stop all plans.</summary>
    /// <param name="mirrors">Counts all mirrors that may have a job in the queue, not only those of this plan. It is called only if many
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
