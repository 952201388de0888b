using Mirror.Functions.Serving;

namespace Mirror.Functions.Poison;

/// <summary>Timer: says what lies in the poison queues, which nothing else does. In
/// the log, and where there is a state, to the status page.</summary>
/// <param name="warn">Standard error, where a line with "warning" becomes one, on which an alert can be set.</param>
internal sealed class PoisonFunction(LiveComposition compositions, PoisonQueues queues, TimeProvider time, Action<string> warn)
{
    public async Task RunAsync(CancellationToken cancellation)
    {
        var report = await queues.LookAsync(time.GetUtcNow(), cancellation);
        foreach (var queue in report.Queues)
        {
            warn($"warning: {queue.Count} messages in {queue.Queue}: "
                + $"{string.Join("; ", queue.Reasons.Select(reason => $"{reason.Count} × {reason.Text}"))}");
        }
        var composition = await compositions.GetAsync(cancellation);
        if (composition.Configuration!.State is not null)
        {
            await report.WriteAsync(composition.OpenState(), cancellation);
        }
    }
}
