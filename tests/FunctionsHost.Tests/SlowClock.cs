namespace Mirror.Tests.FunctionsHost.Tests;

/// <summary>A clock that is set by hand.</summary>
internal sealed class SlowClock : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly List<(DateTimeOffset Due, Action Fire)> _timers = [];
    private DateTimeOffset _now = new(2026, 1, 1, 0, 0, 1, TimeSpan.Zero);

    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock)
        {
            return _now;
        }
    }

    public void Advance(TimeSpan time)
    {
        lock (_lock)
        {
            _now += time;
        }
        FireWhatIsDue();
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        lock (_lock)
        {
            _timers.Add((_now + dueTime, () => callback(state)));
        }
        return new Once();
    }

    private void FireWhatIsDue()
    {
        List<Action> due;
        lock (_lock)
        {
            due = [.. _timers.Where(timer => timer.Due <= _now).Select(timer => timer.Fire)];
            _timers.RemoveAll(timer => timer.Due <= _now);
        }
        due.ForEach(fire => fire());
    }

    /// <summary>A delay: nobody changes it, and one that was given up may fire in vain.</summary>
    private sealed class Once : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
