namespace Mirror.Tests.FunctionsHost.Tests;

/// <summary>What the handler may answer to a call, and what it must never.</summary>
public sealed class AnswerTests
{
    [Theory]
    [InlineData("answer 200 application/json {\"Outputs\":{},\"Logs\":[],\"ReturnValue\":null}")]
    [InlineData("answer 200 application/json {}")]
    [InlineData("answer 201 application/json {\"Outputs\":null}")]
    public async Task Succeeds_and_the_message_is_deleted(string step)
    {
        var package = await StubPackage.CreateQueueAsync();
        await using var host = await package.StartAsync();

        await package.SendAsync(step);
        await host.WaitUntilIdleAsync();

        var call = Assert.Single(host.Calls);
        Assert.Equal((CallOutcome.Succeeded, null, "Work"), (call.Outcome, call.Reason, call.Function));
        Assert.Empty(host.Violations);
    }

    [Theory]
    [InlineData("answer 500 application/json {\"Logs\":[\"why\"]}", "the handler answered 500")]
    [InlineData("answer 404 application/json {}", "the handler answered 404")]
    [InlineData("answer 302 application/json {}", "the handler answered 302")]
    [InlineData("answer 200 text/plain fine", "instead of JSON")]
    [InlineData("answer 200  fine", "instead of JSON")]
    [InlineData("answer 200 application/json fine", "is not JSON")]
    [InlineData("answer 200 application/json []", "the handler's answer is not")]
    [InlineData("answer 200 application/json {\"Logs\":\"text\"}", "the handler's answer is not")]
    public async Task Fails_and_what_the_answer_said_is_lost(string step, string reason)
    {
        var package = await StubPackage.CreateQueueAsync();
        package.Set("extensions.queues.maxDequeueCount", "1");
        await using var host = await package.StartAsync();

        await package.SendAsync(step);
        await host.WaitUntilIdleAsync();

        var call = Assert.Single(host.Calls);
        Assert.Equal(CallOutcome.Failed, call.Outcome);
        Assert.Contains(reason, call.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain(host.Logs, line => line.Source == "Function.Work.User");
        Assert.Empty(host.Violations);
    }

    [Theory]
    [InlineData("answer 204")]
    [InlineData("answer 200 application/json")]
    [InlineData("answer 200 application/json null")]
    public async Task Hangs_until_the_timeout_which_kills_every_other_call_with_the_handler(string step)
    {
        var package = await StubPackage.CreateQueueAsync();
        package.Set("functionTimeout", "00:00:01");
        package.Set("extensions.queues.maxDequeueCount", "1");
        await using var host = await package.StartAsync();
        var process = host.HandlerProcessId;

        await package.SendAsync(step);
        await Until.TrueAsync(() => host.Violations.Count == 1);
        await package.SendAsync("sleep 60");
        await host.WaitUntilIdleAsync();

        Assert.Contains("hangs until functionTimeout", host.Violations[0], StringComparison.Ordinal);
        Assert.Contains("took longer than functionTimeout", host.Violations[1], StringComparison.Ordinal);
        // The kill ends both, in either order. On a loaded machine the second call's own time is up by then.
        Assert.Equal(2, host.Calls.Count);
        Assert.Contains(CallOutcome.TimedOut, host.Calls.Select(call => call.Outcome));
        Assert.DoesNotContain(CallOutcome.Succeeded, host.Calls.Select(call => call.Outcome));
        Assert.Equal(2, (await package.PoisonAsync()).Count);
        await Until.TrueAsync(() => host.HandlerProcessId != process);
    }

    [Fact]
    public async Task Takes_longer_than_functionTimeout_and_the_handler_is_killed_and_started_again()
    {
        var package = await StubPackage.CreateQueueAsync();
        package.Set("functionTimeout", "00:00:01");
        package.Set("extensions.queues.maxDequeueCount", "1");
        await using var host = await package.StartAsync();

        await package.SendAsync("sleep 60");
        await host.WaitUntilIdleAsync();
        await package.SendAsync("ok");
        await host.WaitUntilIdleAsync();

        Assert.Equal([CallOutcome.TimedOut, CallOutcome.Succeeded], host.Calls.Select(call => call.Outcome));
        Assert.True(host.Calls[0].Duration >= TimeSpan.FromSeconds(0.9), $"{host.Calls[0].Duration}");
        Assert.Single(host.Violations);
    }
}
