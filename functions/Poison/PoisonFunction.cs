using Mirror.Functions.Serving;

namespace Mirror.Functions.Poison;

/// <summary>Timer: reports the content of the poison queues, in the log and, if there is a state, on the status page.
/// No other code reports it.</summary>
/// <param name="warn">Writes to standard error, where the host turns a line with "warning" into one,
/// on which you can set an alert.</param>
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
