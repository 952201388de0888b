namespace Mirror.Tests.FunctionsHost.Tests;

/// <summary>What is wrong with one function disables that function, and no other.</summary>
public sealed class FunctionJsonTests
{
    [Theory]
    [InlineData("not json", "is not JSON")]
    [InlineData("""{ "bindings": [] }""", "has 0 triggers")]
    [InlineData("""{ "bindings": [ { "type": "timerTrigger", "direction": "in", "name": "a" }, """
        + """{ "type": "queueTrigger", "direction": "in", "name": "b" } ] }""", "has 2 triggers")]
    [InlineData("""{ "bindings": [ { "type": "timerTrigger", "direction": "out", "name": "a" } ] }""", "instead of 'in'")]
    [InlineData("""{ "bindings": [ { "type": "timerTrigger", "direction": "in" } ] }""", "has no name")]
    [InlineData("""{ "bindings": [ { "type": "timerTrigger", "direction": "in", "name": "a b" } ] }""", "not a name for a binding")]
    [InlineData("""{ "bindings": [ { "type": "timerTrigger", "direction": "in", "name": "a" } ] }""", "has no schedule")]
    [InlineData("""{ "bindings": [ { "type": "timerTrigger", "direction": "in", "name": "a", "schedule": "*/5 * * * *" } ] }""",
        "5 fields instead of six")]
    [InlineData("""{ "bindings": [ { "type": "timerTrigger", "direction": "in", "name": "a", "schedule": "%NONE%" } ] }""",
        "'%NONE%' does not resolve")]
    [InlineData("""{ "bindings": [ { "type": "queueTrigger", "direction": "in", "name": "a" } ] }""", "has no queueName")]
    [InlineData("""{ "bindings": [ { "type": "queueTrigger", "direction": "in", "name": "a", "queueName": "Upper" } ] }""",
        "'Upper' is not a name for a queue")]
    [InlineData("""{ "bindings": [ { "type": "queueTrigger", "direction": "in", "name": "a", "queueName": "%NONE%" } ] }""",
        "'%NONE%' does not resolve")]
    [InlineData("""{ "bindings": [ { "type": "queueTrigger", "direction": "in", "name": "a", "queueName": "q-q","""
        + """ "connection": "%NONE%" } ] }""", "'%NONE%' does not resolve")]
    [InlineData("""{ "bindings": [ { "type": "queueTrigger", "direction": "in", "name": "a", "queueName": "q-q","""
        + """ "connection": "NONE" } ] }""", "no setting 'NONE'")]
    [InlineData("""{ "disabled": true, "bindings": [ { "type": "queueTrigger", "direction": "in", "name": "a", "queueName": "q-q" } ] }""",
        "is disabled")]
    public async Task Disables_such_a_function(string json, string why)
    {
        var package = await StubPackage.CreateQueueAsync();
        package.Write("Broken", json);

        await using var host = await package.StartAsync();

        Assert.Contains(why, Assert.Single(host.Disabled, function => function.Key == "Broken").Value, StringComparison.Ordinal);
        await package.SendAsync("ok");
        await host.WaitUntilIdleAsync();
        Assert.Equal("Work", Assert.Single(host.Calls).Function);
    }

    [Theory]
    [InlineData("1", true)]
    [InlineData("true", true)]
    [InlineData("True", true)]
    [InlineData("0", false)]
    [InlineData("false", false)]
    public async Task A_setting_disables_a_function(string value, bool isDisabled)
    {
        var package = await StubPackage.CreateQueueAsync();
        package.Add("Other", Bindings.Timer());
        package.Settings["AzureWebJobs.Other.Disabled"] = value;

        await using var host = await package.StartAsync();

        Assert.Equal(isDisabled, host.Disabled.ContainsKey("Other"));
    }

    [Fact]
    public async Task Settings_are_expanded()
    {
        var package = await StubPackage.CreateAsync("Work", Bindings.Queue("w%Q%k", "\"connection\": \"%C%\""));
        package.Settings["Q"] = "or";
        package.Settings["C"] = "Other";
        package.Settings["Other"] = package.Account.ConnectionString;
        package.Add("Tick", Bindings.Timer("%SCHEDULE%"));
        package.Settings["SCHEDULE"] = "0 0 0 1 1 *";

        await using var host = await package.StartAsync();

        Assert.Empty(host.Disabled);
        await package.SendAsync("ok");
        await host.WaitUntilIdleAsync();
        Assert.Single(host.Calls);
    }

    [Fact]
    public async Task A_connection_by_identity_is_not_played()
    {
        var package = await StubPackage.CreateAsync("Work", Bindings.Queue("work", "\"connection\": \"Store\""));
        package.Settings["Store__queueServiceUri"] = "https://example.invalid";

        await Assert.ThrowsAsync<NotSupportedException>(package.StartAsync);
    }

    [Fact]
    public async Task A_retry_of_a_queue_and_a_run_on_startup_are_violations()
    {
        var package = await StubPackage.CreateAsync("Tick", Bindings.Timer(more: "\"runOnStartup\": true"));
        const string Retry = """{ "strategy": "fixedDelay", "maxRetryCount": 1, "delayInterval": "00:00:01" }""";
        package.Write("Work", $$"""{ "bindings": [ {{Bindings.Queue("work")}} ], "retry": {{Retry}} }""");

        await using var host = await package.StartAsync();

        Assert.Collection(
            host.Violations,
            violation => Assert.Contains("runOnStartup", violation, StringComparison.Ordinal),
            violation => Assert.Contains("'retry'", violation, StringComparison.Ordinal));
    }
}
