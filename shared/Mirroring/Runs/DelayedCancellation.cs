namespace Mirror.Mirroring;

/// <summary>A token that is cancelled some time after another one, for writes that must be made although the run is cancelled.</summary>
internal sealed class DelayedCancellation : IDisposable
{
    private readonly CancellationTokenSource _late;
    private readonly CancellationTokenRegistration _registration;

    public DelayedCancellation(TimeSpan delay, TimeProvider time, CancellationToken first)
    {
        _late = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        _registration = first.Register(() => _late.CancelAfter(delay));
    }

    public CancellationToken Token => _late.Token;

    public void Dispose()
    {
        // Dispose waits for a running callback, which still uses the other source.
        _registration.Dispose();
        _late.Dispose();
    }
}
