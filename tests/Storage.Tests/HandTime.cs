namespace Mirror.Storage.Tests;

/// <summary>A clock that is set by hand. Timers fire in their order while it moves.</summary>
internal sealed class HandTime : TimeProvider
{
    private static readonly DateTimeOffset Start = new(2026, 1, 31, 10, 0, 0, TimeSpan.Zero);

    private readonly Lock _lock = new();
    private readonly List<HandTimer> _timers = [];
    private long _now;
    private TaskCompletionSource _madeTimer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>How far this machine's wall clock is off.</summary>
    public TimeSpan Error { get; init; }

    public override long GetTimestamp() => Interlocked.Read(ref _now);

    public override DateTimeOffset GetUtcNow() => Start + Error + TimeSpan.FromTicks(GetTimestamp());

    /// <summary>Ends when the next timer is made: whatever runs here has done its work and waits again.</summary>
    public Task NextTimer
    {
        get
        {
            lock (_lock)
            {
                return _madeTimer.Task;
            }
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new HandTimer(this, () => callback(state));
        timer.Change(dueTime, period);
        lock (_lock)
        {
            _timers.Add(timer);
            _madeTimer.TrySetResult();
            _madeTimer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
        return timer;
    }

    public void Advance(TimeSpan time)
    {
        var until = GetTimestamp() + time.Ticks;
        while (NextDue(until) is { } timer)
        {
            Interlocked.Exchange(ref _now, Math.Max(GetTimestamp(), timer.Due));
            timer.Fire();
        }
        Interlocked.Exchange(ref _now, until);
    }

    /// <summary>Jumps from one short pause to the next until a task has ended; longer ones, such as a lease's, are not its own.</summary>
    public async Task<T> SkipPausesAsync<T>(Func<Task<T>> begin, TimeSpan longest)
    {
        var next = NextTimer;
        var task = Task.Run(begin);
        while (await Task.WhenAny(task, next) != task)
        {
            next = NextTimer;
            if (NextDue(GetTimestamp() + longest.Ticks) is { } timer)
            {
                Advance(TimeSpan.FromTicks(timer.Due - GetTimestamp()));
            }
        }
        return await task;
    }

    private HandTimer? NextDue(long until)
    {
        lock (_lock)
        {
            return _timers.Where(timer => timer.Due <= until).MinBy(timer => timer.Due);
        }
    }

    private sealed class HandTimer(HandTime time, Action callback) : ITimer
    {
        public long Due { get; private set; } = long.MaxValue;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            Due = dueTime == Timeout.InfiniteTimeSpan ? long.MaxValue : time.GetTimestamp() + dueTime.Ticks;
            return true;
        }

        public void Fire()
        {
            Due = long.MaxValue;
            callback();
        }

        public void Dispose() => Due = long.MaxValue;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
