using Mirror.Git.Tests.Protocol;
using Mirror.Git.Tests.Remotes;
using Mirror.Git.Transport;
using Mirror.Tests.Servers;
using static Mirror.Git.Tests.Transport.FakeGit;

namespace Mirror.Git.Tests.Transport;

public class SilenceTests
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(300);

    private static readonly RemoteSettings Impatient = new() { Http = Remote.Http, Silence = Short, ReportSilence = Short };

    [Fact]
    public async Task Silence_ends_at_every_stage()
    {
        var failures = await FailuresAsync(FakeAnswer.Stall(), url => Remote.At(url, Impatient));

        Assert.All(failures, failure => Assert.Equal((RemoteFailure.Stalled, true), (failure.Failure, failure.IsTransient)));
    }

    [Fact]
    public async Task Silence_in_the_middle_of_an_answer_ends_too()
    {
        foreach (var (answers, ask) in Middles)
        {
            var handlers = answers[..^1].Select(FakeAnswer.Raw).Append(FakeAnswer.Stall(answers[^1][..^20]));
            await using var server = new FakeServer(FakeAnswer.InTurn([.. handlers]));

            var failure = await Assert.ThrowsAsync<RemoteException>(() => ask(Remote.At(server.Url, Impatient)).WaitAsync(Deadline));

            Assert.Equal(RemoteFailure.Stalled, failure.Failure);
        }
    }

    [Fact]
    public async Task A_target_that_takes_nothing_ends_too()
    {
        FakeHandler deaf = (_, _, cancellation) => Task.Delay(Timeout.Infinite, cancellation);
        await using var server = new FakeServer(FakeAnswer.InTurn(FakeAnswer.Raw(Target), deaf));
        var request = Push with { WritePack = WriteForEverAsync };

        var failure = await Assert.ThrowsAsync<RemoteException>(
            () => PushAsync(Remote.At(server.Url, Impatient), request).WaitAsync(Deadline));

        Assert.Equal((RemoteFailure.Stalled, "push"), (failure.Failure, failure.Stage));
        Assert.Contains("nothing was taken", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sleep 1000 #", "nothing came")]
    // Closes its output, but not its life.
    [InlineData("sleep 1000 >&- 2>&- #", "ended")]
    public async Task A_program_that_says_nothing_is_ended(string command, string message)
    {
        var settings = new RemoteSettings { Http = Remote.Http, Silence = Short, SshCommand = command };

        var failure = await Assert.ThrowsAsync<RemoteException>(
            () => FetchAsync(Remote.At("ssh://h.invalid/a", settings)).WaitAsync(Deadline));

        Assert.Contains(message, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_that_takes_nothing_is_ended()
    {
        // Says the opening of a target and never reads. printf writes the NUL.
        var opening = Wire.Line($"{Wire.A} refs/heads/main\0report-status side-band-64k").Replace("\0", "\\0", StringComparison.Ordinal);
        var settings =
            new RemoteSettings { Http = Remote.Http, Silence = Short, SshCommand = $"sh -c \"printf '{opening}0000'; exec sleep 1000\" #" };

        var failure = await Assert.ThrowsAsync<RemoteException>(() =>
            PushAsync(Remote.At("ssh://h.invalid/a", settings), Push with { WritePack = WriteForEverAsync }).WaitAsync(Deadline));

        Assert.Equal((RemoteFailure.Stalled, "push"), (failure.Failure, failure.Stage));
    }

    [Fact]
    public void A_watch_that_looks_while_it_is_thrown_away_does_no_harm()
    {
        var time = new HandTime();
        var patience = new WaitLimit(Short, time, CancellationToken.None);
        patience.Begin();
        patience.Dispose();

        time.Tick(Short * 2);

        Assert.False(patience.IsOver);
    }

    [Fact]
    public void A_wait_is_over_after_the_limit_and_not_before()
    {
        var time = new HandTime();
        using var patience = new WaitLimit(Short, time, CancellationToken.None);

        time.Tick(Short * 2);
        Assert.False(patience.Token.IsCancellationRequested);
        patience.Begin();
        time.Tick(Short * 0.9);
        Assert.False(patience.IsOver);
        patience.Begin();
        time.Tick(Short * 0.9);
        Assert.False(patience.IsOver);
        time.Tick(Short * 0.2);
        Assert.True(patience.IsOver && patience.Token.IsCancellationRequested);
    }

    private static readonly (byte[][] Answers, Func<Remote, Task> Ask)[] Middles =
    [
        ([Listing], remote => FetchAsync(remote)),
        ([Listing, Pack], remote => FetchAsync(remote)),
        ([Target], remote => PushAsync(remote, Push)),
        ([Target, Report], remote => PushAsync(remote, Push)),
    ];

    private static async Task WriteForEverAsync(Stream body, CancellationToken cancellation)
    {
        var piece = new byte[64 * 1024];
        while (true)
        {
            await body.WriteAsync(piece, cancellation);
        }
    }

    /// <summary>A clock that is set by hand, with one timer.</summary>
    private sealed class HandTime : TimeProvider
    {
        private long _now = 1;
        private Action _look = () => { };

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _now;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            _look = () => callback(state);
            return System.CreateTimer(_ => { }, null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }

        public void Tick(TimeSpan time)
        {
            _now += time.Ticks;
            _look();
        }
    }
}
