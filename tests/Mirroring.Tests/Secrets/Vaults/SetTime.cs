using Mirror.Tests.Servers;

namespace Mirror.Mirroring.Tests.Vaults;

/// <summary>A clock that is set by hand, and whose timers are due when it is.</summary>
internal sealed class SetTime : TimeProvider
{
    private readonly List<(long Due, TimerCallback Callback, object? State)> _timers = [];
    private readonly TaskCompletionSource _made = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _now;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Interlocked.Read(ref _now);

    /// <summary>Ends when somebody begins to wait for a time to come.</summary>
    public Task WaitedForAsync() => _made.Task.WaitAsync(Hang.Limit);

    public void Advance(TimeSpan time)
    {
        var now = Interlocked.Add(ref _now, time.Ticks);
        List<(long Due, TimerCallback Callback, object? State)> due;
        lock (_timers)
        {
            due = [.. _timers.Where(timer => timer.Due <= now)];
        }
        due.ForEach(timer => timer.Callback(timer.State));
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = (GetTimestamp() + dueTime.Ticks, callback, state);
        lock (_timers)
        {
            _timers.Add(timer);
        }
        _made.TrySetResult();
        return new Timer(() =>
        {
            lock (_timers)
            {
                _timers.Remove(timer);
            }
        });
    }

    private sealed class Timer(Action stop) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose() => stop();

        public ValueTask DisposeAsync()
        {
            stop();
            return ValueTask.CompletedTask;
        }
    }
}
