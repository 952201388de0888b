namespace Mirror.Storage;

/// <summary>How long a lease lasts, from the moment before it was asked for: the store grants it a little later, never earlier.</summary>
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

    /// <summary>A third: one renewal may fail, and the next still comes in time.</summary>
    public Task UntilRenewalAsync(CancellationToken cancellation) => Task.Delay(Duration / 3, Clock, cancellation);
}
