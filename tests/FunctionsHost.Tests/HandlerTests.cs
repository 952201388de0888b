using System.Diagnostics;

namespace Mirror.Tests.FunctionsHost.Tests;

/// <summary>The life of the process.</summary>
public sealed class HandlerTests
{
    [Fact]
    public async Task Waits_until_the_handler_answers()
    {
        var package = await StubPackage.CreateQueueAsync();
        package.Settings["AT_START"] = "sleep 0.5";
        var clock = Stopwatch.StartNew();

        await using var host = await package.StartAsync();

        Assert.True(clock.Elapsed > TimeSpan.FromSeconds(0.5));
        Assert.Empty(host.Violations);
    }

    [Fact]
    public async Task Refuses_a_handler_that_never_answers()
    {
        var package = await StubPackage.CreateQueueAsync();
        package.Settings["AT_START"] = "sleep 60";
        package.Times = new HostTimes { Readiness = TimeSpan.FromSeconds(0.3) };

        var refusal = await Assert.ThrowsAsync<HostRefusedException>(package.StartAsync);

        Assert.Contains("failed 3 times", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("gave no HTTP answer in time", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refuses_a_handler_that_ends_before_it_answers_and_says_what_it_said()
    {
        var package = await StubPackage.CreateQueueAsync();
        package.Settings["AT_START"] = "err no such configuration;exit 3";

        var refusal = await Assert.ThrowsAsync<HostRefusedException>(package.StartAsync);

        Assert.Contains("failed 3 times, last with status 3", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("no such configuration", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_exit_than_0_fails_the_calls_in_flight_and_is_followed_by_a_start_on_the_same_port()
    {
        var package = await StubPackage.CreateQueueAsync();
        await using var host = await package.StartAsync();
        var first = host.HandlerProcessId;

        await package.SendAsync("sleep 60", "sleep 0.3;exit 3");
        await Until.TrueAsync(() => host.Calls.Count >= 2);

        Assert.All(host.Calls.Take(2), call => Assert.Equal(CallOutcome.Failed, call.Outcome));
        await Until.TrueAsync(() => host.HandlerProcessId != first);
        Assert.Equal(Port(first: true), Port(first: false));
        Assert.Contains(host.Logs, line => line.Text == "the handler ended with status 3");

        string Port(bool first) => package.Seen is { } seen ? (first ? seen[0] : seen[^1]).Headers["Host"] : "";
    }

    [Fact]
    public async Task Three_failures_stop_the_host()
    {
        var package = await StubPackage.CreateQueueAsync();
        await using var host = await package.StartAsync();

        await package.SendAsync("exit 3");
        await Until.TrueAsync(() => host.Violations.Count > 0);
        await host.WaitUntilIdleAsync();

        Assert.StartsWith("the handler failed 3 times within 30 minutes", Assert.Single(host.Violations), StringComparison.Ordinal);
        Assert.Equal(3, host.Logs.Count(line => line.Text == "the handler ended with status 3"));
        Assert.Equal(["exit 3"], await DecodedPoisonAsync(package));
    }

    [Fact]
    public async Task Exit_0_is_a_violation_and_nothing_is_started_again()
    {
        var package = await StubPackage.CreateQueueAsync();
        await using var host = await package.StartAsync();
        var process = host.HandlerProcessId;

        await package.SendAsync("exit 0");
        await host.WaitUntilIdleAsync();

        Assert.Contains("status 0", Assert.Single(host.Violations), StringComparison.Ordinal);
        Assert.Equal(process, host.HandlerProcessId);
        Assert.All(host.Calls, call => Assert.Equal(CallOutcome.Failed, call.Outcome));
    }

    [Fact]
    public async Task A_killed_handler_is_started_again_as_often_as_a_test_likes()
    {
        var package = await StubPackage.CreateQueueAsync();
        package.Set("extensions.queues.maxDequeueCount", "100");
        await using var host = await package.StartAsync();

        for (var kill = 0; kill < 5; kill++)
        {
            await package.SendAsync("sleep 0.2");
            await Until.TrueAsync(() => package.Seen.Count > kill);
            host.KillHandler();
        }
        await host.WaitUntilIdleAsync();

        Assert.Empty(host.Violations);
        Assert.Contains(host.Calls, call => call.Outcome == CallOutcome.Failed);
        Assert.Equal(5, host.Calls.Count(call => call.Outcome == CallOutcome.Succeeded));
    }

    [Fact]
    public async Task The_kill_is_for_one_process_and_what_it_had_started_lives_on()
    {
        var package = await StubPackage.CreateQueueAsync();
        await using var host = await package.StartAsync();
        var process = host.HandlerProcessId;

        await package.SendAsync("child sleep 1.5 && echo the child lives");
        await Until.TrueAsync(() => host.Calls.Count == 1);
        host.KillHandler();
        await Until.TrueAsync(() => host.HandlerProcessId != process);
        Assert.DoesNotContain(host.Logs, line => line.Text == "the child lives");

        await Until.TrueAsync(() => host.Logs.Any(line => line.Text == "the child lives"));
    }

    [Fact]
    public async Task Stopping_waits_for_the_calls_in_flight_and_then_kills()
    {
        var package = await StubPackage.CreateQueueAsync();
        var host = await package.StartAsync();
        await package.SendAsync("sleep 0.5", "sleep 0.5");
        await Until.TrueAsync(() => package.Seen.Count == 2);

        await host.DisposeAsync();

        Assert.Equal(2, host.Calls.Count(call => call.Outcome == CallOutcome.Succeeded));
        Assert.False(Directory.Exists($"/proc/{host.HandlerProcessId}"));
        Assert.Empty(host.Violations);
    }

    [Fact]
    public async Task Stopping_does_not_wait_for_ever()
    {
        var package = await StubPackage.CreateQueueAsync();
        package.Times = new HostTimes { Stopping = TimeSpan.FromSeconds(0.3) };
        var host = await package.StartAsync();
        await package.SendAsync("sleep 60");
        await Until.TrueAsync(() => package.Seen.Count == 1);

        await host.DisposeAsync();

        Assert.Equal(CallOutcome.Failed, Assert.Single(host.Calls).Outcome);
    }

    [Fact]
    public async Task Listening_to_all_addresses_is_a_violation()
    {
        var package = await StubPackage.CreateQueueAsync();
        package.Settings["ADDRESS"] = "0.0.0.0";

        await using var host = await package.StartAsync();

        Assert.Contains("more than 127.0.0.1", Assert.Single(host.Violations), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Health_pings_come_later_too_and_want_an_answer_at_once()
    {
        var package = await StubPackage.CreateQueueAsync();
        package.Settings["PING_SLEEP"] = "1";
        package.Times = new HostTimes { Ping = TimeSpan.FromSeconds(0.1), PingAnswer = TimeSpan.FromSeconds(0.3) };

        await using var host = await package.StartAsync();

        await Until.TrueAsync(() => host.Violations.Count > 0);
        Assert.Contains("health ping", host.Violations[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pings_that_are_answered_are_no_violation_though_the_handler_dies_between_them()
    {
        var package = await StubPackage.CreateQueueAsync();
        package.Times = new HostTimes { Ping = TimeSpan.FromMilliseconds(1) };
        await using var host = await package.StartAsync();

        await package.SendAsync("fail-until 2 COUNT");
        await package.SendAsync("sleep 0.2;exit COUNT");
        await Until.TrueAsync(() => host.Logs.Any(line => line.Text == "the handler ended with status 2"));

        Assert.Empty(host.Violations);
    }

    [Fact]
    public async Task What_the_handler_writes_is_information_an_error_or_a_warning()
    {
        var package = await StubPackage.CreateQueueAsync();
        await using var host = await package.StartAsync();

        await package.SendAsync("out all is well;err it broke;err WARNING: it may break;log of the call");
        await Until.TrueAsync(() => host.Logs.Count(line => line.Source is "stdout" or "stderr") == 3);
        await host.WaitUntilIdleAsync();

        Assert.Contains(host.Logs, line => line is { Severity: LogSeverity.Information, Source: "stdout", Text: "all is well" });
        Assert.Contains(host.Logs, line => line is { Severity: LogSeverity.Error, Source: "stderr", Text: "it broke" });
        Assert.Contains(host.Logs, line => line is { Severity: LogSeverity.Warning, Source: "stderr", Text: "WARNING: it may break" });
        Assert.Contains(
            host.Logs, line => line is { Severity: LogSeverity.Information, Source: "Function.Work.User", Text: "of the call" });
        Assert.Empty(host.Violations);
    }

    [Theory]
    [InlineData("out LanguageWorkerConsoleLog it broke")]
    [InlineData("err azfuncjsonlog:{}")]
    public async Task Lines_that_the_host_takes_for_its_own_are_violations(string step)
    {
        var package = await StubPackage.CreateQueueAsync();
        await using var host = await package.StartAsync();

        await package.SendAsync(step);
        await Until.TrueAsync(() => host.Violations.Count > 0);

        Assert.Contains("begins with", Assert.Single(host.Violations), StringComparison.Ordinal);
    }

    private static async Task<IEnumerable<string>> DecodedPoisonAsync(StubPackage package) =>
        (await package.PoisonAsync()).Select(text => System.Text.Encoding.UTF8.GetString(Convert.FromBase64String(text)));

}
