using System.Text.Json.Nodes;

namespace Mirror.Tests.FunctionsHost.Tests;

public sealed class TimerTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Is_fired_by_hand_and_told_whether_it_is_late(bool isPastDue)
    {
        var package = await StubPackage.CreateAsync("Tick", Bindings.Timer());
        await using var host = await package.StartAsync();

        var call = await host.FireTimerAsync("Tick", isPastDue);

        Assert.Equal(CallOutcome.Succeeded, call.Outcome);
        var body = JsonNode.Parse(Assert.Single(package.Seen).Body)!;
        var timer = body["Data"]!["timer"]!.AsObject();
        Assert.Equal(["Schedule", "ScheduleStatus", "IsPastDue"], timer.Select(field => field.Key));
        Assert.True((bool)timer["Schedule"]!["AdjustForDST"]!);
        Assert.Equal(["Last", "Next", "LastUpdated"], timer["ScheduleStatus"]!.AsObject().Select(field => field.Key));
        Assert.Equal(isPastDue, (bool)timer["IsPastDue"]!);
        Assert.Equal(["sys"], body["Metadata"]!.AsObject().Select(field => field.Key));
        Assert.Equal("/Tick", package.Seen[0].Path);
    }

    [Fact]
    public async Task A_schedule_under_a_minute_has_no_status()
    {
        var package = await StubPackage.CreateAsync("Tick", Bindings.Timer("*/30 * * * * *"));
        await using var host = await package.StartAsync();

        await host.FireTimerAsync("Tick");

        Assert.Contains("\"ScheduleStatus\":null", Assert.Single(package.Seen).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_run_at_a_time()
    {
        var package = await StubPackage.CreateAsync("Tick", Bindings.Timer());
        package.Settings["DO_Tick"] = "sleep 0.2";
        await using var host = await package.StartAsync();

        await Task.WhenAll(host.FireTimerAsync("Tick"), host.FireTimerAsync("Tick"), host.FireTimerAsync("Tick"));

        Assert.Equal(3, package.Seen.Count);
        Assert.All(package.Seen, request => Assert.Equal(1, request.Running));
    }

    [Fact]
    public async Task A_run_that_fails_waits_for_the_next_tick()
    {
        var package = await StubPackage.CreateAsync("Tick", Bindings.Timer());
        package.Settings["DO_Tick"] = "answer 500";
        await using var host = await package.StartAsync();

        Assert.Equal(CallOutcome.Failed, (await host.FireTimerAsync("Tick")).Outcome);

        Assert.Single(host.Calls);
    }

    [Fact]
    public async Task Retry_says_otherwise()
    {
        var package = await StubPackage.CreateAsync();
        const string Retry = """{ "strategy": "fixedDelay", "maxRetryCount": 2, "delayInterval": "00:00:00.01" }""";
        package.Write("Tick", $$"""{ "bindings": [ {{Bindings.Timer()}} ], "retry": {{Retry}} }""");
        package.Settings["DO_Tick"] = "answer 500";
        await using var host = await package.StartAsync();

        await host.FireTimerAsync("Tick");

        Assert.Equal(3, host.Calls.Count);
    }

    [Fact]
    public async Task Fires_by_the_clock()
    {
        var package = await StubPackage.CreateAsync("Tick", Bindings.Timer("* * * * * *"));
        package.Clock = TimeProvider.System;
        await using var host = await package.StartAsync();

        await Until.TrueAsync(() => host.Calls.Count == 2);

        Assert.Empty(host.Violations);
    }

    [Fact]
    public async Task Without_a_clock_it_does_not_fire()
    {
        var package = await StubPackage.CreateAsync("Tick", Bindings.Timer("* * * * * *"));
        await using var host = await package.StartAsync();
        var other = await StubPackage.CreateAsync("Tick", Bindings.Timer("* * * * * *"));
        other.Clock = TimeProvider.System;
        await using var firing = await other.StartAsync();

        await Until.TrueAsync(() => firing.Calls.Count == 2);

        Assert.Empty(host.Calls);
    }

    [Fact]
    public async Task Ticks_that_were_missed_are_one_run_past_due()
    {
        var package = await StubPackage.CreateAsync("Tick", Bindings.Timer("0 */5 * * * *"));
        var clock = new SlowClock();
        package.Clock = clock;
        await using var host = await package.StartAsync();

        clock.Advance(TimeSpan.FromMinutes(17));
        await Until.TrueAsync(() => host.Calls.Count == 1);
        clock.Advance(TimeSpan.FromMinutes(5));
        await Until.TrueAsync(() => host.Calls.Count == 2);

        var late = package.Seen.Select(request => (bool)JsonNode.Parse(request.Body)!["Data"]!["timer"]!["IsPastDue"]!);
        Assert.Equal([true, false], late);
    }

    [Fact]
    public async Task Says_why_there_is_no_such_timer()
    {
        var package = await StubPackage.CreateQueueAsync();
        package.Add("Tick", Bindings.Timer("%NONE%"));
        await using var host = await package.StartAsync();

        var error = await Assert.ThrowsAsync<ArgumentException>(() => host.FireTimerAsync("Tick"));

        Assert.Contains("'%NONE%' does not resolve", error.Message, StringComparison.Ordinal);
    }
}
