using System.Runtime.ExceptionServices;

namespace Mirror.Mirroring;

/// <summary>The jobs to run now.</summary>
/// <param name="Jobs">One for each mirror.</param>
/// <param name="RunAsync">Runs one job. It reports every failure of a mirror, and does not throw it.</param>
/// <param name="Needs">Resources of the jobs, disposed after the last of them has ended.</param>
public sealed record DueJobs(IReadOnlyList<MirrorJob> Jobs, Func<MirrorJob, CancellationToken, Task> RunAsync, IDisposable? Needs = null);

/// <summary>
/// Runs mirrors again and again, each by itself. At each tick, every mirror whose last run has ended starts its next one, so that a slow
/// or hanging mirror does not delay the others.
/// </summary>
/// <param name="interval">The time between two ticks.</param>
/// <param name="parallel">How many mirrors run at a time.</param>
public sealed class MirrorSchedule(TimeSpan interval, int parallel, TimeProvider time)
{
    private readonly FairQueue<ScheduledJob> _queue = new([], scheduled => scheduled.Job.Hosts);
    // The waiting and running jobs, by mirror.
    private readonly Dictionary<string, MirrorJob> _active = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();
    private TaskCompletionSource? _idle;
    private ExceptionDispatchInfo? _fault;
    private int _running;

    /// <summary>The time of the next tick.</summary>
    public DateTimeOffset NextTick { get; private set; }

    /// <summary>The number of running jobs.</summary>
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

    /// <summary>Continues until it is cancelled, then waits for the running jobs to end.</summary>
    /// <param name="due">Returns the jobs of each tick. If it throws, the schedule ends.</param>
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

    /// <summary>A job that still waits or runs from an earlier tick is not started again.</summary>
    private void Begin(DueJobs due, CancellationTokenSource stop)
    {
        lock (_lock)
        {
            var jobs = due.Jobs.Where(job => _active.TryAdd(job.Mirror, job)).ToList();
            var round = new Round(due, jobs.Count);
            // A tick that could not be planned has no jobs, so it says nothing about the hosts.
            _queue.LimitOf = due.Jobs.Count > 0 ? LimitForActive() : _queue.LimitOf;
            jobs.ForEach(job => _queue.Add(new ScheduledJob(job, round)));
            Dispatch(stop);
        }
    }

    /// <summary>
    /// A host that not every mirror uses gets all turns except one. When all its mirrors hang, the others can still run.
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
            // Not the outcome of a mirror: the report itself failed, for instance because the output was closed.
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
