using System.Runtime.ExceptionServices;

namespace Mirror.Mirroring;

/// <summary>What is to be run now.</summary>
/// <param name="Jobs">One for each mirror.</param>
/// <param name="RunAsync">Does one; whatever becomes of a mirror is told by it, not thrown.</param>
/// <param name="Needs">What they run with; disposed when the last of them has ended.</param>
public sealed record DueJobs(IReadOnlyList<MirrorJob> Jobs, Func<MirrorJob, CancellationToken, Task> RunAsync, IDisposable? Needs = null);

/// <summary>
/// Runs mirrors again and again, each by itself: at each tick, every mirror whose last run has ended gets its next one, so that one that
/// takes long, or hangs, keeps no other waiting.
/// </summary>
/// <param name="interval">How far apart the ticks are.</param>
/// <param name="parallel">How many mirrors run at a time.</param>
public sealed class MirrorSchedule(TimeSpan interval, int parallel, TimeProvider time)
{
    private readonly FairQueue<ScheduledJob> _queue = new([], scheduled => scheduled.Job.Hosts);
    // What waits or runs, by mirror.
    private readonly Dictionary<string, MirrorJob> _active = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();
    private TaskCompletionSource? _idle;
    private ExceptionDispatchInfo? _fault;
    private int _running;

    /// <summary>When the next tick is.</summary>
    public DateTimeOffset NextTick { get; private set; }

    /// <summary>How many run now.</summary>
    internal int RunningCount
    {
        get
        {
            lock (_lock)
            {
                return _running;
            }
        }
    }

    /// <summary>Goes on until it is cancelled; then it waits for what runs to end.</summary>
    /// <param name="due">Says what there is to run, at each tick anew. What it throws ends the schedule.</param>
    public async Task RunAsync(Func<CancellationToken, Task<DueJobs>> due, CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var ticks = new PeriodicTimer(interval, time);
        try
        {
            do
            {
                NextTick = time.GetUtcNow() + interval;
                Begin(await due(stop.Token), stop);
            }
            while (await ticks.WaitForNextTickAsync(stop.Token));
        }
        catch (OperationCanceledException) when (_fault is not null)
        {
            _fault.Throw();
        }
        finally
        {
            await WhenIdleAsync();
        }
    }

    /// <summary>What still waits or runs from an earlier tick is not begun a second time.</summary>
    private void Begin(DueJobs due, CancellationTokenSource stop)
    {
        lock (_lock)
        {
            var jobs = due.Jobs.Where(job => _active.TryAdd(job.Mirror, job)).ToList();
            var round = new Round(due, jobs.Count);
            // A tick that could not be planned says nothing of who needs which host.
            _queue.LimitOf = due.Jobs.Count > 0 ? LimitForActive() : _queue.LimitOf;
            jobs.ForEach(job => _queue.Add(new ScheduledJob(job, round)));
            Dispatch(stop);
        }
    }

    /// <summary>
    /// One turn is kept from a host that not every mirror needs: when all its mirrors hang, those of the others still run.
    /// </summary>
    private Func<string, int> LimitForActive()
    {
        var users = _active.Values.SelectMany(job => job.Hosts.Distinct(StringComparer.Ordinal)).CountBy(host => host)
            .ToDictionary(StringComparer.Ordinal);
        var all = _active.Count;
        return host => parallel > 1 && users.GetValueOrDefault(host) < all ? parallel - 1 : int.MaxValue;
    }

    private void Dispatch(CancellationTokenSource stop)
    {
        while (_running < parallel && !stop.IsCancellationRequested && _queue.TryTake(out var scheduled))
        {
            _running++;
            _ = Task.Run(() => RunAsync(scheduled, stop), CancellationToken.None);
        }
    }

    private async Task RunAsync(ScheduledJob scheduled, CancellationTokenSource stop)
    {
        try
        {
            await scheduled.Round.Due.RunAsync(scheduled.Job, stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The end of the schedule says so.
        }
        catch (Exception fault)
        {
            // No outcome of a mirror: it cannot be told at all, for instance because nobody reads any more.
            _fault ??= ExceptionDispatchInfo.Capture(fault);
            await stop.CancelAsync();
        }
        End(scheduled, stop);
    }

    private void End(ScheduledJob scheduled, CancellationTokenSource stop)
    {
        lock (_lock)
        {
            _queue.Release(scheduled);
            _active.Remove(scheduled.Job.Mirror);
            _running--;
            scheduled.Round.EndOne();
            Dispatch(stop);
            if (_running == 0)
            {
                _idle?.TrySetResult();
            }
        }
    }

    private Task WhenIdleAsync()
    {
        lock (_lock)
        {
            _idle = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (_running == 0)
            {
                _idle.SetResult();
            }
            return _idle.Task;
        }
    }

    private sealed record ScheduledJob(MirrorJob Job, Round Round);

    /// <summary>The jobs of one tick.</summary>
    private sealed class Round
    {
        private int _left;

        public Round(DueJobs due, int count)
        {
            (Due, _left) = (due, count);
            DisposeIfDone();
        }

        public DueJobs Due { get; }

        public void EndOne()
        {
            _left--;
            DisposeIfDone();
        }

        private void DisposeIfDone()
        {
            if (_left == 0)
            {
                Due.Needs?.Dispose();
            }
        }
    }
}
