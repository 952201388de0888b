namespace Mirror.Mirroring.Tests.Partition;

/// <summary>A clock that stands still until a test moves it. A delay is over at once.</summary>
internal sealed class SteppedTime : TimeProvider
{
    public DateTimeOffset Now { get; set; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public override DateTimeOffset GetUtcNow() => Now;

    public override long GetTimestamp() => Now.Ticks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>Of the delays those of backoff are short; leases and watches on silence wait for longer, and here for ever.</summary>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        System.CreateTimer(
            callback, state, dueTime < TimeSpan.FromSeconds(2) ? TimeSpan.Zero : Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
}
