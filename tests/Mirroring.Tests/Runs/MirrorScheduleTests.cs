using System.Collections.Concurrent;
using System.Diagnostics;
using Mirror.Tests.Servers;

namespace Mirror.Mirroring.Tests.Runs;

/// <summary>Mirrors that run again and again, by a clock that the test moves.</summary>
public sealed class MirrorScheduleTests : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(5);

    private readonly ManualTime _time = new();
    private readonly ConcurrentDictionary<string, int> _runs = new();
    private readonly CancellationTokenSource _stop = new();

    [Fact]
    public async Task One_that_hangs_does_not_hold_up_the_next_run_of_the_others()
    {
        var schedule = new MirrorSchedule(Interval, 2, _time);
        var running = schedule.RunAsync(Due([On("hangs", "a"), On("well", "b")]), _stop.Token);
        for (var tick = 1; tick <= 4; tick++)
        {
            await UntilAsync(() => RunsOf("well") == tick && schedule.RunningCount == 1);
            _time.Advance(Interval);
        }

        await EndAsync(running);

        Assert.Equal(1, RunsOf("hangs"));
    }

    [Fact]
    public async Task A_host_whose_mirrors_all_hang_leaves_a_turn_to_the_others()
    {
        var schedule = new MirrorSchedule(Interval, 3, _time);
        var running = schedule.RunAsync(
            Due([On("hangs/1", "bad"), On("hangs/2", "bad"), On("hangs/3", "bad"), On("well", "good")]), _stop.Token);
        for (var tick = 1; tick <= 3; tick++)
        {
            await UntilAsync(() => RunsOf("well") == tick && schedule.RunningCount == 2);
            _time.Advance(Interval);
        }

        await EndAsync(running);

        Assert.Equal(2, _runs.Keys.Count(name => name.StartsWith("hangs", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_tick_without_a_plan_takes_no_turn_from_the_others()
    {
        var schedule = new MirrorSchedule(Interval, 2, _time);
        MirrorJob[] all = [On("hangs/1", "bad"), On("hangs/2", "bad"), On("hangs/3", "bad"), On("well", "good")];
        var ticks = 0;
        var running = schedule.RunAsync(_ => Task.FromResult(new DueJobs(++ticks == 2 ? [] : all, RunAsync)), _stop.Token);
        await UntilAsync(() => RunsOf("well") == 1 && schedule.RunningCount == 1);
        _time.Advance(Interval);
        await UntilAsync(() => Volatile.Read(ref ticks) == 2);
        _time.Advance(Interval);
        await UntilAsync(() => Volatile.Read(ref ticks) == 3);
        await UntilAsync(() => schedule.RunningCount == 2 || RunsOf("well") == 2);

        await EndAsync(running);

        Assert.Equal((2, 1), (RunsOf("well"), _runs.Keys.Count(name => name.StartsWith("hangs", StringComparison.Ordinal))));
    }

    [Fact]
    public async Task A_host_whose_mirrors_still_wait_counts_as_needed_after_they_left_the_plan()
    {
        var schedule = new MirrorSchedule(Interval, 2, _time);
        var ticks = 0;
        MirrorJob[] first = [On("hangs/1", "bad"), On("hangs/2", "bad"), On("well", "good")];
        var running = schedule.RunAsync(_ => Task.FromResult(new DueJobs(++ticks == 1 ? first : first[2..], RunAsync)), _stop.Token);
        for (var tick = 1; tick <= 3; tick++)
        {
            await UntilAsync(() => RunsOf("well") == tick && schedule.RunningCount == 1);
            _time.Advance(Interval);
        }

        await EndAsync(running);

        Assert.Equal(0, RunsOf("hangs/2"));
    }

    [Fact]
    public async Task A_host_that_all_mirrors_need_may_have_all_turns_and_no_more_run_at_a_time()
    {
        var schedule = new MirrorSchedule(Interval, 2, _time);

        var running = schedule.RunAsync(Due([On("hangs/1", "a"), On("hangs/2", "a"), On("hangs/3", "a")]), _stop.Token);
        await UntilAsync(() => schedule.RunningCount == 2 && _runs.Count == 2);
        _time.Advance(Interval);
        await EndAsync(running);

        Assert.Equal(["hangs/1", "hangs/2"], _runs.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task What_a_tick_opened_is_closed_when_the_last_of_its_runs_has_ended()
    {
        var (first, second) = (new Opened(), new Opened());
        var rounds = new Queue<Opened>([first, second]);
        var schedule = new MirrorSchedule(Interval, 2, _time);
        var running = schedule.RunAsync(
            _ => Task.FromResult(new DueJobs([On("hangs", "a"), On("well", "b")], RunAsync, rounds.Dequeue())), _stop.Token);
        await UntilAsync(() => RunsOf("well") == 1 && schedule.RunningCount == 1);
        _time.Advance(Interval);
        await UntilAsync(() => RunsOf("well") == 2 && schedule.RunningCount == 1);

        Assert.Equal((false, true), (first.IsClosed, second.IsClosed));
        await EndAsync(running);
        Assert.True(first.IsClosed);
    }

    [Fact]
    public async Task What_cannot_be_told_ends_it()
    {
        var schedule = new MirrorSchedule(Interval, 2, _time);

        var running = schedule.RunAsync(
            _ => Task.FromResult(new DueJobs([On("a", "a")], (_, _) => throw new IOException("broken pipe"))), _stop.Token);

        Assert.Equal("broken pipe", (await Assert.ThrowsAsync<IOException>(() => running)).Message);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_is_not_done_by_its_deadline_has_failed_and_is_remembered(bool isDeaf)
    {
        MirrorOutcome? remembered = null;
        var begun = new TaskCompletionSource();
        var job = new MirrorJob("hangs", ["a"], async (meter, token) =>
        {
            meter.Stage = "reading refs";
            begun.SetResult();
            await Task.Delay(Timeout.Infinite, isDeaf ? CancellationToken.None : token);
            throw new InvalidOperationException("it came back");
        })
        {
            Deadline = new RunDeadline(TimeSpan.FromHours(6), _time),
            RememberAsync = outcome => Task.FromResult(remembered = outcome),
        };

        var running = MirrorRun.GuardedAsync(job, new TransferMeter(), CancellationToken.None);
        await begun.Task;
        _time.Advance(TimeSpan.FromHours(6) - TimeSpan.FromSeconds(1));
        Assert.False(running.IsCompleted);
        // One that does not hear that it is to stop is left behind, a while later.
        _time.Advance(TimeSpan.FromMinutes(isDeaf ? 1 : 0) + TimeSpan.FromSeconds(1));
        var outcome = await running;

        Assert.Equal((OutcomeKind.Failed, Reason.Deadline, "not done in 6 h, last at: reading refs"),
            (outcome.Kind, outcome.Error?.Reason, outcome.Error?.Message));
        Assert.Same(outcome, remembered);
    }

    [Fact]
    public async Task What_ends_before_its_deadline_is_as_it_ended()
    {
        var job = On("well", "a") with { Deadline = new RunDeadline(TimeSpan.FromHours(6), _time) };

        Assert.True((await MirrorRun.GuardedAsync(job, new TransferMeter(), CancellationToken.None)).IsGood);
    }

    public void Dispose() => _stop.Dispose();

    private static Func<CancellationToken, Task<DueJobs>> Due(MirrorJob[] jobs) => _ => Task.FromResult(new DueJobs(jobs, RunAsync));

    private static Task<MirrorOutcome> RunAsync(MirrorJob job, CancellationToken cancellation) =>
        job.RunAsync(new TransferMeter(), cancellation);

    private int RunsOf(string mirror) => _runs.GetValueOrDefault(mirror);

    /// <summary>A mirror that is done at once, or one that hangs until it is cancelled.</summary>
    private MirrorJob On(string name, string host) => new(name, [host], async (_, token) =>
    {
        _runs.AddOrUpdate(name, 1, (_, count) => count + 1);
        await Task.Delay(name.StartsWith("hangs", StringComparison.Ordinal) ? Timeout.Infinite : 0, token);
        return new MirrorOutcome(name, OutcomeKind.Unchanged);
    });

    private static async Task UntilAsync(Func<bool> condition)
    {
        for (var begun = Stopwatch.StartNew(); !condition(); await Task.Yield())
        {
            Assert.True(begun.Elapsed < Hang.Limit, "it never came");
        }
    }

    private async Task EndAsync(Task running)
    {
        await _stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    private sealed class Opened : IDisposable
    {
        public bool IsClosed { get; private set; }

        public void Dispose() => IsClosed = true;
    }
}
