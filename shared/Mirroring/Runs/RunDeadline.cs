namespace Mirror.Mirroring;

/// <summary>The time limit of one run of a mirror.</summary>
public sealed record RunDeadline(TimeSpan Limit, TimeProvider Time)
{
    // A cancelled run releases its leases, possibly over a network. A run that does not stop after this time is abandoned.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(30);

    /// <summary>Does the work; null if it was not done in time. Failures after the deadline count as caused by it.</summary>
    internal async Task<MirrorOutcome?> RunAsync(Func<CancellationToken, Task<MirrorOutcome>> work, CancellationToken cancellation)
    {
        using var late = new CancellationTokenSource(Limit, Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, late.Token);
        // On another thread, since work that blocks before its first await would block the deadline too.
        var running = Task.Run(() => work(either.Token), CancellationToken.None);
        try
        {
            return await running.WaitAsync(Limit + Grace, Time, CancellationToken.None);
        }
        catch (Exception) when (late.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <param name="stage">The last stage of the run.</param>
    internal MirrorError Error(string stage) => new(Reason.Deadline, $"not done in {Words}, last at: {stage}")
    {
        Advice = "where it only needs longer, raise 'deadline' in the configuration",
    };

    private string Words => Limit switch
    {
        { TotalHours: >= 1 } => $"{Limit.TotalHours:0.##} h",
        { TotalMinutes: >= 1 } => $"{Limit.TotalMinutes:0.##} min",
        _ => $"{Limit.TotalSeconds:0.##} s",
    };
}
