namespace Mirror.Mirroring;

/// <summary>Comes some time after the cancellation that it follows: for what must be written down although the run is told to stop.
/// </summary>
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
        // This waits for a cancellation that is under way and would still use the other.
        _registration.Dispose();
        _late.Dispose();
    }
}
