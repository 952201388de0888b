using Azure.Storage.Queues;
using Mirror.Functions.Jobs;
using Mirror.Tests.FunctionsHost;
using Mirror.Tests.Servers;

namespace Mirror.Functions.Tests.Serving;

/// <summary>Which messages are jobs, and what becomes of those that cannot even begin.</summary>
public sealed class JobTests
{
    [Theory]
    [InlineData("signing_ed25519", "signing.key: ", "credentials")]
    [InlineData("", "'age.recipients' is missing", "configuration")]
    public async Task A_run_whose_side_cannot_be_opened_is_a_failure_on_the_page_and_no_poison(string gone, string words, string reason)
    {
        var sides = await PartitionSides.CreateAsync();
        if (gone.Length > 0)
        {
            File.Delete(sides.Near.PathOf(gone));
        }
        else
        {
            var good = await File.ReadAllTextAsync(sides.Near.PathOf("mirror.yaml"));
            await sides.Near.WriteAsync(
                "mirror.yaml", good.Replace($"age: {{ recipients: [{sides.Recipient}] }}\n", "", StringComparison.Ordinal));
        }
        await using var app = await ServedApp.StartAsync(
            sides.Near, "produce", setup => setup.Settings["AzureFunctionsJobHost__extensions__queues__maxDequeueCount"] = "1");

        await app.FireTimerAsync("Plan");
        await app.WaitUntilIdleAsync();

        Assert.Single(app.Calls, call => call is { Function: "Produce", Outcome: CallOutcome.Succeeded });
        Assert.Contains(app.Logs, line => line.Text.Contains($"\"error\":{{\"reason\":\"{reason}\",", StringComparison.Ordinal)
            && line.Text.EndsWith("\"proven\":false}", StringComparison.Ordinal));
        using var client = new HttpClient();
        var page = await client.GetStringAsync(new Uri(app.Http, $"/api/status?code={Uri.EscapeDataString(app.KeyOf("Status"))}"));
        Assert.Contains(words, System.Net.WebUtility.HtmlDecode(page), StringComparison.Ordinal);
        Assert.Empty(app.Violations);
    }

    [Fact]
    public async Task A_mirror_that_sync_does_not_support_fails_by_itself_and_those_after_it_are_synced()
    {
        var sides = await PartitionSides.CreateAsync();
        var refusing =
            $"  - {{ name: ce/refusing, source: {sides.Source.Path}, destination: {Scratch.NewFolder("other")}, diverged: refuse }}\n";
        await sides.ConfigureAsync(refusing, PartitionSides.Entry(PartitionSides.Name, sides.Source, sides.Target));
        await using var app = await ServedApp.StartAsync(
            sides.Near, "sync", setup => setup.Settings["AzureFunctionsJobHost__extensions__queues__maxDequeueCount"] = "1");

        await app.FireTimerAsync("Plan");
        await app.WaitUntilIdleAsync();

        await sides.AssertEqualAsync();
        Assert.Contains(
            app.Logs, line => line.Text.StartsWith("{\"mirror\":\"ce/refusing\",\"outcome\":\"failed\"", StringComparison.Ordinal)
                && line.Text.Contains("'diverged: refuse' is not supported by sync yet", StringComparison.Ordinal));
        Assert.All(app.Calls, call => Assert.Equal(CallOutcome.Succeeded, call.Outcome));
    }

    /// <summary>
    /// A plan comes while the first run is still under way: it waits its turn, and what it finds says nothing of the mirror.
    /// </summary>
    [Fact]
    public async Task While_another_run_syncs_a_mirror_no_second_one_does_and_the_page_does_not_call_it_held()
    {
        var sides = await PartitionSides.CreateAsync();
        await sides.Target.InstallHookAsync("pre-receive", "sleep 28");
        await using var app = await ServedApp.StartAsync(sides.Near, "sync");
        await app.FireTimerAsync("Plan");
        await app.FireTimerAsync("Plan");
        await app.WaitUntilIdleAsync();

        await sides.AssertEqualAsync();
        Assert.Equal(2, app.Calls.Count(call => call is { Function: "Sync", Outcome: CallOutcome.Succeeded }));
        Assert.Single(app.Logs, line => line.Text.Contains("\"outcome\":\"held\"", StringComparison.Ordinal)
            && line.Text.Contains("\"reason\":\"busy\"", StringComparison.Ordinal));
        using var client = new HttpClient();
        var metrics = await client.GetStringAsync(
            new Uri(app.Http, $"/api/status/metrics?code={Uri.EscapeDataString(app.KeyOf("Status"))}"));
        Assert.DoesNotContain("outcome=\"held\"} 1", metrics, StringComparison.Ordinal);
        Assert.Contains("mirror_up{mirror=\"ce/routy\"} 1\n", metrics, StringComparison.Ordinal);
        Assert.Empty(app.Violations);
    }

    /// <summary>The near side announces what it has; the far side need not take all of it.</summary>
    [Fact]
    public async Task A_hint_of_what_is_accepted_is_done_and_one_of_what_is_not_is_dropped_in_words()
    {
        var sides = await PartitionSides.CreateAsync();
        Assert.Equal(0, (await sides.ProduceAsync()).ExitCode);
        var bases = Scratch.NewFolder("bases");
        await new Command("git", "init", "--bare", "--quiet", Path.Combine(bases, "ce/routy.git")).RunAsync();
        await sides.Far.WriteAsync("mirror.yaml", $"{sides.Places}{sides.FarKeys}destination_base_url: {bases}\naccept: [ce/*]\n");
        var storage = "";
        await using var far = await ServedApp.StartAsync(sides.Far, "consume", setup => storage = setup.Storage);
        await SendAsync(storage, PartitionSides.Name, "other/secret");

        await far.WaitUntilIdleAsync();

        Assert.Equal([CallOutcome.Succeeded, CallOutcome.Succeeded], far.Calls.Select(call => call.Outcome));
        Assert.Contains(far.Logs,
            line => line.Text == "a message for other/secret is dropped: the configuration neither lists nor accepts this mirror");
        Assert.Contains(
            far.Logs, line => line.Text.StartsWith("{\"mirror\":\"ce/routy\",\"outcome\":\"updated\"", StringComparison.Ordinal));
        Assert.Empty(far.Violations);
    }

    [Fact]
    public async Task A_sweep_on_top_of_one_that_is_not_worked_off_plans_nothing()
    {
        var sides = await PartitionSides.CreateAsync();
        Assert.Equal(0, (await sides.ProduceAsync()).ExitCode);
        var storage = "";
        await using var far = await ServedApp.StartAsync(sides.Far, "consume", setup =>
        {
            storage = setup.Storage;
            setup.Settings["AzureWebJobs.Consume.Disabled"] = "true";
        });
        await SendAsync(storage, [.. Enumerable.Repeat(PartitionSides.Name, 33)]);
        await far.FireTimerAsync("Sweep");
        await SendAsync(storage, PartitionSides.Name);

        await far.FireTimerAsync("Sweep");

        Assert.Contains(far.Logs, line => line.Text == "queued 1 job of mirror-consume");
        Assert.Contains(far.Logs, line => line.Text == "warning: 35 jobs of mirror-consume still wait, so nothing is queued: "
            + "the app is slower than its schedule");
    }

    private static async Task SendAsync(string storage, params string[] mirrors)
    {
        var queue = new QueueClient(storage, "mirror-consume", new QueueClientOptions { MessageEncoding = QueueMessageEncoding.Base64 });
        await queue.CreateIfNotExistsAsync();
        foreach (var mirror in mirrors)
        {
            await queue.SendMessageAsync(new JobMessage(JobKind.Consume, mirror, "test", DateTimeOffset.UtcNow).ToText());
        }
    }
}
