using Mirror.Functions.Output;
using Mirror.Mirroring;
using Mirror.Tests.Servers;

namespace Mirror.Functions.Tests;

/// <summary><c>--watch</c>: each mirror by itself, and only what is news.</summary>
public sealed class WatchTests
{
    [Fact]
    public async Task A_server_that_hangs_holds_up_no_other_mirror_and_its_own_run_ends_at_the_deadline()
    {
        await using var silent = new FakeServer((_, _, cancellation) => Task.Delay(Timeout.Infinite, cancellation));
        var (source, target) = (await GitRepository.CreateAsync("source"), await GitRepository.CreateAsync("target"));
        var other = await GitRepository.CreateAsync("target");
        await source.CommitAsync("main", "a.txt", "one\n");
        var program = new MirrorProgram();
        await program.WriteAsync("mirror.yaml", $$"""
            mirrors:
              - { name: a/hangs, source: "{{silent.Url}}/x.git", destination: {{other.Path}}, deadline: 3s }
              - { name: b/well, source: {{source.Path}}, destination: {{target.Path}} }
            """);
        using var watched = new WatchedProgram(program, "sync", "--watch", "1s", "-v", "-j", "2");
        var seen = "";
        while (!seen.Contains("error: a/hangs: ", StringComparison.Ordinal))
        {
            seen = await watched.ErrorLineAsync();
        }
        Assert.EndsWith("error: a/hangs: not done in 3 s", seen, StringComparison.Ordinal);

        await watched.InterruptAsync();

        var lines = watched.Output.Split('\n');
        var end = Array.FindIndex(lines, line => line.EndsWith("a/hangs: failed", StringComparison.Ordinal));
        Assert.True(lines.Take(end).Count(line => line.Contains("b/well: ", StringComparison.Ordinal)) > 1, watched.Output);
        Assert.Equal(await source.RefsAsync(), await target.RefsAsync());
    }

    [Fact]
    public async Task Once_the_deadline_is_the_mirrors_outcome()
    {
        await using var silent = new FakeServer((_, _, cancellation) => Task.Delay(Timeout.Infinite, cancellation));
        var target = await GitRepository.CreateAsync("target");
        var program = new MirrorProgram();
        await program.WriteAsync("mirror.yaml", $$"""
            defaults: { deadline: 1s }
            mirrors: [{ name: a/hangs, source: "{{silent.Url}}/x.git", destination: {{target.Path}} }]
            """);

        var result = await program.RunAsync("sync", "--json");

        Assert.Equal(1, result.ExitCode);
        Assert.Equal("deadline", PartitionSides.JsonLine(result).GetProperty("error").GetProperty("reason").GetString());
        Assert.Contains("  next: ", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("5", "'5' has no unit: did you mean 5m for minutes, 5s for seconds or 5h for hours?")]
    [InlineData("5 m", "'5 m' is not an interval")]
    public async Task An_interval_has_a_unit(string interval, string words)
    {
        var result = await new MirrorProgram().RunAsync("sync", "a", "b", "--watch", interval);

        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.Contains($"--watch: {words}", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Failures_for_the_same_reason_are_counted_and_the_end_of_them_is_news()
    {
        var time = new StandingTime(new DateTimeOffset(2026, 1, 31, 9, 14, 30, TimeSpan.Zero));
        var streaks = new Streaks(time);

        Assert.Equal(News.All, streaks.Next(Failed(Reason.Stalled)).News);
        time.Now += TimeSpan.FromMinutes(5);
        var (news, streak) = streaks.Next(Failed(Reason.Stalled));
        Assert.Equal((News.Again, "2nd time, since 09:14"), (news, streaks.Words(streak!)));
        for (var i = 3; i <= 12; i++)
        {
            streak = streaks.Next(Failed(Reason.Stalled)).Streak;
        }
        Assert.Equal("12th time, since 09:14", streaks.Words(streak!));
        time.Now += TimeSpan.FromDays(1);
        Assert.Equal("12th time, since 2026-01-31 09:14", streaks.Words(streak!));
        Assert.Equal(News.All, streaks.Next(Failed(Reason.Moved)).News);
        (news, streak) = streaks.Next(new MirrorOutcome("a", OutcomeKind.Unchanged));
        Assert.Equal((News.Recovered, "after 1 failure since 09:19"), (news, streaks.WordsAfter(streak!)));
        Assert.Equal(News.Nothing, streaks.Next(new MirrorOutcome("a", OutcomeKind.Unchanged)).News);
        Assert.Equal(News.All, streaks.Next(new MirrorOutcome("a", OutcomeKind.Updated)).News);
    }

    [Fact]
    public void A_warning_is_news_once()
    {
        var streaks = new Streaks(TimeProvider.System);
        var outcome = new MirrorOutcome("a", OutcomeKind.Unchanged) { Warnings = ["the head expired"] };

        Assert.Equal(["the head expired"], streaks.NewWarnings(outcome));
        Assert.Empty(streaks.NewWarnings(outcome));
        Assert.Equal(["another"], streaks.NewWarnings(outcome with { Warnings = ["another"] }));
    }

    private static MirrorOutcome Failed(Reason reason) => new("a", OutcomeKind.Failed) { Error = new MirrorError(reason, "words") };

    private sealed class StandingTime(DateTimeOffset now) : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = now;

        public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
