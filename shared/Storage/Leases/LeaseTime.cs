namespace Mirror.Storage;

/// <summary>The duration of a lease, counted from before the request: the store grants the lease a little later, never earlier.</summary>
internal readonly record struct LeaseTime(TimeSpan Duration, long Asked, TimeProvider Clock)
{
    public TimeSpan Left
    {
        get
        {
            var left = Duration - Clock.GetElapsedTime(Asked);
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    public LeaseTime AskedNow() => this with { Asked = Clock.GetTimestamp() };

    /// <summary>Waits for a third of the duration, so that one renewal may fail and the next is still in time.</summary>
    public Task UntilRenewalAsync(CancellationToken cancellation) => Task.Delay(Duration / 3, Clock, cancellation);
}
