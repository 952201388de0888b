namespace Mirror.Mirroring.Tests.Sync;

/// <summary>A clock whose delays are over at once; all else is real.</summary>
internal sealed class HastyTime : TimeProvider
{
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        // A delay fires once; a watch on silence comes again and again, and is to stay as it is.
        System.CreateTimer(callback, state,
            period == Timeout.InfiniteTimeSpan && dueTime > TimeSpan.Zero ? TimeSpan.FromMilliseconds(1) : dueTime,
            period);
}
