using System.Text.RegularExpressions;
using Mirror.Functions.Output;
using Mirror.Git;
using Mirror.Mirroring;
using Mirror.Tests.Servers;

namespace Mirror.Functions.Tests;

/// <summary><c>--watch</c>: each mirror by itself, and only what is news.</summary>
public sealed partial class WatchTests
{
    [Fact]
    public async Task A_server_that_hangs_holds_up_no_other_mirror()
    {
        await using var silent = new FakeServer((_, _, cancellation) => Task.Delay(Timeout.Infinite, cancellation));
        var (source, target) = (await GitRepository.CreateAsync("source"), await GitRepository.CreateAsync("target"));
        var other = await GitRepository.CreateAsync("target");
        await source.CommitAsync("main", "a.txt", "one\n");
        var program = new MirrorProgram();
        await program.WriteAsync("mirror.yaml", $$"""
            mirrors:
              - { name: a/hangs, source: "{{silent.Url}}/x.git", destination: {{other.Path}}, deadline: 6h }
              - { name: b/well, source: {{source.Path}}, destination: {{target.Path}} }
            """);
        using var watched = new WatchedProgram(program, "sync", "--watch", "1s", "-v", "-j", "2");
        for (var runs = 0; runs < 2;)
        {
            runs += (await watched.OutputLineAsync()).Contains("b/well: ", StringComparison.Ordinal) ? 1 : 0;
        }

        await watched.InterruptAsync();

        Assert.DoesNotContain("a/hangs", watched.Output, StringComparison.Ordinal);
        Assert.Equal(await source.RefsAsync(), await target.RefsAsync());
    }

    /// <summary>
    /// A configuration that is broken while we watch stops every mirror, and their monitors must not have to wait for the silence.
    /// </summary>
    [Fact]
    public async Task A_configuration_that_breaks_is_told_to_each_ping_once_until_it_is_mended()
    {
        var paths = System.Threading.Channels.Channel.CreateUnbounded<string>();
        await using var listener = new FakeServer(async (request, stream, cancellation) =>
        {
            await request.ReadBodyAsync(cancellation);
            await FakeAnswer.Status(200)(request, stream, cancellation);
            paths.Writer.TryWrite(request.Target);
        });
        var (source, target) = (await GitRepository.CreateAsync("source"), await GitRepository.CreateAsync("target"));
        await source.CommitAsync("main", "a.txt", "one\n");
        var program = new MirrorProgram();
        var good = $"mirrors: [{{ name: a/well, source: {source.Path}, destination: {target.Path}, ping_url: {listener.Url}/p1ng }}]\n";
        await program.WriteAsync("mirror.yaml", good);
        using var watched = new WatchedProgram(program, "sync", "--watch", "1s");
        Assert.Equal("/p1ng", await NextAsync(path => true));

        await program.WriteAsync("mirror.yaml", "mirrors: [\n");
        Assert.Equal("/p1ng/fail", await NextAsync(path => path != "/p1ng"));
        while (!(await watched.ErrorLineAsync()).Contains("still failing, 3rd time", StringComparison.Ordinal))
        {
        }
        await program.WriteAsync("mirror.yaml", good);

        Assert.Equal("/p1ng", await NextAsync(path => true));
        await watched.InterruptAsync();

        async Task<string> NextAsync(Predicate<string> isMeant)
        {
            while (true)
            {
                var path = await paths.Reader.ReadAsync().AsTask().WaitAsync(Hang.Limit);
                if (isMeant(path))
                {
                    return path;
                }
            }
        }
    }

    [Fact]
    public async Task A_failure_that_a_ping_could_not_tell_is_told_at_the_next_tick()
    {
        var fails = System.Threading.Channels.Channel.CreateUnbounded<int>();
        var count = 0;
        await using var listener = new FakeServer(async (request, stream, cancellation) =>
        {
            await request.ReadBodyAsync(cancellation);
            var isFail = request.Target.EndsWith("/fail", StringComparison.Ordinal);
            await FakeAnswer.Status(isFail && count == 0 ? 404 : 200)(request, stream, cancellation);
            if (isFail)
            {
                fails.Writer.TryWrite(++count);
            }
        });
        var (source, target) = (await GitRepository.CreateAsync("source"), await GitRepository.CreateAsync("target"));
        await source.CommitAsync("main", "a.txt", "one\n");
        var program = new MirrorProgram();
        await program.WriteAsync("mirror.yaml",
            $"mirrors: [{{ name: a/well, source: {source.Path}, destination: {target.Path}, ping_url: {listener.Url}/p1ng }}]\n");
        using var watched = new WatchedProgram(program, "sync", "--watch", "1s");
        await watched.OutputLineAsync();

        await program.WriteAsync("mirror.yaml", "mirrors: [\n");

        Assert.Equal(1, await fails.Reader.ReadAsync().AsTask().WaitAsync(Hang.Limit));
        Assert.Equal(2, await fails.Reader.ReadAsync().AsTask().WaitAsync(Hang.Limit));
        await watched.InterruptAsync();
    }

    [Fact]
    public async Task A_key_that_is_gone_is_told_as_that_and_not_as_a_matter_of_the_configuration()
    {
        var fails = System.Threading.Channels.Channel.CreateUnbounded<string>();
        await using var listener = new FakeServer(async (request, stream, cancellation) =>
        {
            var body = System.Text.Encoding.UTF8.GetString(await request.ReadBodyAsync(cancellation));
            await FakeAnswer.Status(200)(request, stream, cancellation);
            if (request.Target.EndsWith("/fail", StringComparison.Ordinal))
            {
                fails.Writer.TryWrite(body);
            }
        });
        var sides = await PartitionSides.CreateAsync();
        var text = await sides.Near.ReadAsync("mirror.yaml");
        await sides.Near.WriteAsync("mirror.yaml", $"{text}defaults: {{ ping_url: {listener.Url}/p1ng }}\n");
        using var watched = new WatchedProgram(sides.Near, "produce", "--watch", "1s");
        await watched.OutputLineAsync();

        File.Delete(sides.Near.PathOf("signing_ed25519"));

        Assert.Contains("credentials: ", await fails.Reader.ReadAsync().AsTask().WaitAsync(Hang.Limit), StringComparison.Ordinal);
        await watched.InterruptAsync();
    }

    [Fact]
    public async Task What_a_mirror_moved_that_still_fails_in_part_is_shown()
    {
        var (source, target) = (await GitRepository.CreateAsync("source"), await GitRepository.CreateAsync("target"));
        await source.CommitAsync("main", "a.txt", "one\n");
        await source.CommitAsync("bad", "b.txt", "one\n");
        await target.InstallHookAsync("update", "[ $1 != refs/heads/bad ]");
        var program = new MirrorProgram();
        await program.WriteAsync("mirror.yaml", $"mirrors: [{{ name: a/part, source: {source.Path}, destination: {target.Path} }}]\n");
        using var watched = new WatchedProgram(program, "sync", "--watch", "1s");
        Assert.EndsWith("a/part: failed in part, 1 ref created, 1 ref rejected", await watched.OutputLineAsync(), StringComparison.Ordinal);

        await source.CommitAsync("main", "a.txt", "two\n");

        Assert.EndsWith("a/part: failed in part, 1 ref updated, 1 ref rejected", await watched.OutputLineAsync(), StringComparison.Ordinal);
        await watched.InterruptAsync();
        Assert.Equal(2, watched.Output.Split('\n').Length);
    }

    [Fact]
    public async Task A_terminal_shows_when_the_next_run_is_and_no_more_of_it_after_ctrl_c()
    {
        var (source, target) = (await GitRepository.CreateAsync("source"), await GitRepository.CreateAsync("target"));
        await source.CommitAsync("main", "a.txt", "one\n");
        var program = new MirrorProgram();
        await program.WriteAsync("mirror.yaml", $"mirrors: [{{ name: a/well, source: {source.Path}, destination: {target.Path} }}]\n");
        using var terminal = new TerminalProgram(program, "sync", "--watch", "1s");

        // The time moves on with each run, and is drawn over the one before it.
        await terminal.ReadUntilAsync(drawn => NextRun().Matches(drawn).DistinctBy(time => time.Value).Count() >= 3);
        Assert.Equal(130, await terminal.InterruptAsync());

        Assert.Matches(@"\r\x1b\[K[-0-9]+ [0-9:]+ a/well: updated, 1 ref created, .*\r\n", terminal.Drawn);
        // A line that stays begins where the time was, and no time stays: no line ends with one.
        Assert.DoesNotMatch("next run at [0-9:]+\r?\n", terminal.Drawn);
        Assert.EndsWith("\r\u001b[Kinterrupted\r\n", terminal.Drawn, StringComparison.Ordinal);
        Assert.Equal(await source.RefsAsync(), await target.RefsAsync());
    }

    [Fact]
    public void A_mirror_that_was_held_says_what_it_moved_before()
    {
        var outcome = new MirrorOutcome("a", OutcomeKind.Held);
        var (one, two) = (ObjectId.Parse(new string('1', 40)), ObjectId.Parse(new string('2', 40)));

        Assert.Equal("a: held", OutcomeText.Result(outcome, isDryRun: false));
        outcome = outcome with { Refs = new RefCounts(0, 1, 0, 2), Changes = [new RefCommand(RefName.Parse("refs/heads/main"), one, two)] };
        Assert.Equal("a: held in part, 1 ref updated, 2 refs rejected", OutcomeText.Result(outcome, isDryRun: false));
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
    [InlineData("5.5", "'5.5' has no unit: did you mean 5.5m for minutes, 5.5s for seconds or 5.5h for hours?")]
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

    [GeneratedRegex(@"\r\x1b\[Knext run at \d\d:\d\d:\d\d(?=\r)")]
    private static partial Regex NextRun();

    private static MirrorOutcome Failed(Reason reason) => new("a", OutcomeKind.Failed) { Error = new MirrorError(reason, "words") };

    private sealed class StandingTime(DateTimeOffset now) : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = now;

        public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
