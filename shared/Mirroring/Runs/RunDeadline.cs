namespace Mirror.Mirroring;

/// <summary>How long one run of a mirror may take.</summary>
public sealed record RunDeadline(TimeSpan Limit, TimeProvider Time)
{
    // A run that is told to stop gives its leases back, over a network perhaps. One that does not stop is left behind.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(30);

    /// <summary>Does the work; null where it was not done in time. What breaks after the deadline breaks by it.</summary>
    internal async Task<MirrorOutcome?> RunAsync(Func<CancellationToken, Task<MirrorOutcome>> work, CancellationToken cancellation)
    {
        using var late = new CancellationTokenSource(Limit, Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, late.Token);
        // On another thread: work that blocks before its first await must not take the deadline with it.
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

    /// <param name="stage">What the run was doing last.</param>
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
