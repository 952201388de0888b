using Azure.Storage.Queues;
using Azure.Storage.Sas;
using Mirror.Functions.Tests.Clouds;
using Mirror.Tests.FunctionsHost;
using Mirror.Tests.Servers;

namespace Mirror.Functions.Tests.Serving;

/// <summary>Two Functions apps, each with a storage account of its own, and a bucket between them: from a timer to a target, and whatever
/// the host does on the way.</summary>
public sealed class PartitionAppsTests
{
    internal const string Folder = "a folder";
    internal const string Container = "a container";

    [Theory]
    [InlineData(Folder)]
    [InlineData(Container)]
    public async Task A_change_goes_from_the_near_timer_to_the_far_target(string bucket)
    {
        var sides = await CreateAsync(bucket);
        await using var near = await ServedApp.StartAsync(sides.Near, "produce");
        await using var far = await ServedApp.StartAsync(sides.Far, "consume");
        await CarryAsync(near, far);
        await sides.AssertEqualAsync();
        await sides.Source.CommitAsync("main", "a.txt", "two\n");

        await CarryAsync(near, far);

        await sides.AssertEqualAsync();
        Assert.Empty(near.Violations.Concat(far.Violations));
        Assert.DoesNotContain(near.Calls.Concat(far.Calls), call => call.Outcome != CallOutcome.Succeeded);
        Assert.Contains(near.Logs,
            line => line.Text.Contains("\"mirror\":\"ce/routy\",\"outcome\":\"updated\",\"sequence\":2", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Where_nothing_changed_the_sweep_plans_nothing()
    {
        var sides = await PartitionSides.CreateAsync();
        await using var near = await ServedApp.StartAsync(sides.Near, "produce");
        await using var far = await ServedApp.StartAsync(sides.Far, "consume");
        await CarryAsync(near, far);

        await far.FireTimerAsync("Sweep");

        Assert.Contains(far.Logs, line => line.Text == "queued 0 jobs of mirror-consume");
        Assert.Single(far.Calls, call => call.Function == "Consume");
    }

    [Fact]
    public async Task Both_remotes_in_reach_are_synced_by_one_app()
    {
        var sides = await PartitionSides.CreateAsync();
        await using var app = await ServedApp.StartAsync(sides.Near, "sync");

        await app.FireTimerAsync("Plan");
        await app.WaitUntilIdleAsync();

        await sides.AssertEqualAsync();
        Assert.Empty(app.Violations);
    }

    [Fact]
    public async Task Messages_twice_and_in_another_order_do_nothing_twice()
    {
        var sides = await PartitionSides.CreateAsync();
        await using var near = await ServedApp.StartAsync(sides.Near,
            "produce", setup => setup.Delivery = new DeliveryFaults { Duplicates = Duplicates.AtOnce, IsReordered = true, Seed = 1 });
        await using var far = await ServedApp.StartAsync(
            sides.Far, "consume", setup => setup.Delivery = new DeliveryFaults { Duplicates = Duplicates.Afterwards, Seed = 2 });

        for (var round = 0; round < 3; round++)
        {
            await sides.Source.CommitAsync("main", "a.txt", $"{round}\n");
            await CarryAsync(near, far);
        }

        await sides.AssertEqualAsync();
        Assert.Equal(3, sides.Bundles.Count);
        Assert.Empty(near.Violations.Concat(far.Violations));
    }

    [Theory]
    [InlineData("junk", "the message is not one of ours")]
    [InlineData("{\"format\":2,\"job\":\"produce\"}", "it comes from a newer release")]
    [InlineData("{\"format\":1,\"job\":\"consume\",\"mirror\":\"ce/routy\",\"cause\":\"test\",\"planned\":\"2099-01-01T00:00:00Z\"}",
        "this is the queue of Produce")]
    [InlineData("{\"format\":1,\"job\":\"produce\",\"mirror\":\"ce/none\",\"cause\":\"test\",\"planned\":\"2099-01-01T00:00:00Z\"}",
        "ce/none: the configuration has no such mirror")]
    public async Task A_message_that_is_no_job_becomes_poison_with_a_reason_and_no_other_suffers(string message, string reason)
    {
        var sides = await PartitionSides.CreateAsync();
        var storage = "";
        await using var near = await ServedApp.StartAsync(sides.Near, "produce", setup => storage = setup.Storage);
        var options = new Azure.Storage.Queues.QueueClientOptions { MessageEncoding = Azure.Storage.Queues.QueueMessageEncoding.Base64 };
        var queue = new Azure.Storage.Queues.QueueClient(storage, "mirror-produce", options);
        await queue.CreateIfNotExistsAsync();
        await queue.SendMessageAsync(message);
        await near.FireTimerAsync("Plan");
        await near.WaitUntilIdleAsync();

        var poison = new Azure.Storage.Queues.QueueClient(storage, "mirror-produce-poison", options);

        Assert.Equal(message, Assert.Single((await poison.ReceiveMessagesAsync()).Value).MessageText);
        Assert.Contains(near.Logs, line => line.Text.Contains(reason, StringComparison.Ordinal));
        Assert.Single(sides.Bundles);
        Assert.Empty(near.Violations);
    }

    [Fact]
    public async Task A_message_of_long_ago_is_dropped_and_said_since_the_next_plan_brings_another()
    {
        var sides = await PartitionSides.CreateAsync();
        var storage = "";
        await using var near = await ServedApp.StartAsync(sides.Near, "produce", setup => storage = setup.Storage);
        var queue = new QueueClient(storage, "mirror-produce", new QueueClientOptions { MessageEncoding = QueueMessageEncoding.Base64 });
        await queue.CreateIfNotExistsAsync();
        await queue.SendMessageAsync(
            "{\"format\":1,\"job\":\"produce\",\"mirror\":\"ce/routy\",\"cause\":\"test\",\"planned\":\"2026-01-01T00:00:00Z\"}");
        await near.WaitUntilIdleAsync();

        Assert.Single(near.Calls, call => call is { Function: "Produce", Outcome: CallOutcome.Succeeded });
        Assert.Contains(near.Logs, line => line.Text.StartsWith(
            "a message for ce/routy is dropped: it was queued at 2026-01-01T00:00:00Z; jobs expire after a day",
            StringComparison.Ordinal));
        Assert.Empty(sides.Bundles);
    }

    [Fact]
    public async Task A_mirror_that_fails_is_tried_again_by_the_next_plan_and_is_no_poison()
    {
        var sides = await PartitionSides.CreateAsync();
        var hidden = $"{sides.Source.Path}.away";
        Directory.Move(sides.Source.Path, hidden);
        await using var near = await ServedApp.StartAsync(sides.Near, "produce");
        await near.FireTimerAsync("Plan");
        await near.WaitUntilIdleAsync();
        Assert.Equal(5, near.Calls.Count(call => call.Function == "Produce"));
        Assert.Single(near.Calls, call => call is { Function: "Produce", Outcome: CallOutcome.Succeeded, DequeueCount: 5 });
        Directory.Move(hidden, sides.Source.Path);

        await near.FireTimerAsync("Plan");
        await near.WaitUntilIdleAsync();

        Assert.Single(sides.Bundles);
        Assert.Empty(near.Violations);
    }

    [Fact]
    public async Task A_configuration_that_cannot_be_used_fails_the_plan_in_words_until_it_is_mended()
    {
        var sides = await PartitionSides.CreateAsync();
        var good = await File.ReadAllTextAsync(sides.Near.PathOf("mirror.yaml"));
        await sides.Near.WriteAsync("mirror.yaml", "nonsense: true\n");
        await using var near = await ServedApp.StartAsync(sides.Near, "produce");
        var failed = await near.FireTimerAsync("Plan");
        await sides.Near.WriteAsync("mirror.yaml", good);

        await near.FireTimerAsync("Plan");
        await near.WaitUntilIdleAsync();

        Assert.Equal(CallOutcome.Failed, failed.Outcome);
        Assert.Contains(near.Logs, line => line.Text.StartsWith("Plan: ", StringComparison.Ordinal)
            && line.Text.Contains("mirror.yaml:1:1: unknown key 'nonsense'", StringComparison.Ordinal));
        Assert.DoesNotContain(near.Logs, line => line.Text.Contains("   at Mirror.", StringComparison.Ordinal));
        Assert.Single(sides.Bundles);
        Assert.Empty(near.Violations);
    }

    /// <summary>
    /// Where the near side reaches a queue of the far side, nobody waits for a sweep. A signature that only adds messages is enough.
    /// </summary>
    [Fact]
    public async Task A_hint_from_the_near_side_reaches_the_far_queue()
    {
        var sides = await PartitionSides.CreateAsync();
        var queue = "";
        await using var far = await ServedApp.StartAsync(sides.Far, "consume", setup => queue = HintAddress(setup.Storage));
        sides.Near.Environment["FAR_QUEUE"] = queue;
        await using var near = await ServedApp.StartAsync(
            sides.Near, "produce", setup => setup.Settings["MIRROR_HINT_QUEUE"] = "env:FAR_QUEUE");

        await near.FireTimerAsync("Plan");
        await near.WaitUntilIdleAsync();
        await far.FireTimerAsync("Hints");
        await far.WaitUntilIdleAsync();

        await sides.AssertEqualAsync();
        Assert.Single(far.Calls, call => call is { Function: "Consume", Outcome: CallOutcome.Succeeded });
        Assert.DoesNotContain(near.Logs, line => line.Text.Contains("sig=", StringComparison.Ordinal));
        Assert.Empty(near.Violations.Concat(far.Violations));
    }

    [Theory]
    [InlineData("https://account.example/mirror-hints?sig=abc", "MIRROR_HINT_QUEUE must be https://")]
    [InlineData("http://127.0.0.1:1/mirror-hints", "MIRROR_HINT_QUEUE must be https://")]
    [InlineData("env:MIRROR_ROLES", "MIRROR_HINT_QUEUE does not lead to the URL of a queue with a signature")]
    [InlineData("env:FAR_QUEUE", "env:FAR_QUEUE: the variable is not set")]
    [InlineData("somewhere", "MIRROR_HINT_QUEUE: ")]
    public async Task A_hint_that_cannot_be_sent_is_a_warning_and_the_bundle_stands(string setting, string warning)
    {
        var sides = await PartitionSides.CreateAsync();
        await using var near = await ServedApp.StartAsync(sides.Near, "produce", setup => setup.Settings["MIRROR_HINT_QUEUE"] = setting);

        await near.FireTimerAsync("Plan");
        await near.WaitUntilIdleAsync();

        Assert.Single(sides.Bundles);
        Assert.Single(near.Calls, call => call is { Function: "Produce", Outcome: CallOutcome.Succeeded });
        Assert.Contains(near.Logs, line => line.Severity == LogSeverity.Warning && line.Text.StartsWith(
            $"warning: ce/routy: the far side was not told, and its sweep will find the bundle: {warning}", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_far_queue_that_stays_silent_holds_nobody_up_for_long()
    {
        var sides = await PartitionSides.CreateAsync();
        await using var silent = new FakeServer(FakeAnswer.Stall());
        sides.Near.Environment["FAR_QUEUE"] = $"{silent.Url}/mirror-hints?sig=abc";
        await using var near = await ServedApp.StartAsync(
            sides.Near, "produce", setup => setup.Settings["MIRROR_HINT_QUEUE"] = "env:FAR_QUEUE");

        await near.FireTimerAsync("Plan");
        await near.WaitUntilIdleAsync();

        Assert.Single(silent.Requests);
        Assert.Single(near.Calls, call => call is { Function: "Produce", Outcome: CallOutcome.Succeeded });
        Assert.Contains(near.Logs, line => line.Text.Contains("the far side was not told", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_signature_that_was_replaced_is_read_again()
    {
        var sides = await PartitionSides.CreateAsync();
        var queue = "";
        await using var far = await ServedApp.StartAsync(sides.Far, "consume", setup => queue = HintAddress(setup.Storage));
        await sides.Near.WriteAsync("hint", queue.Replace("sig=", "sig=wrong", StringComparison.Ordinal));
        await using var near = await ServedApp.StartAsync(
            sides.Near, "produce", setup => setup.Settings["MIRROR_HINT_QUEUE"] = $"file:{sides.Near.PathOf("hint")}");
        await near.FireTimerAsync("Plan");
        await near.WaitUntilIdleAsync();
        Assert.Single(near.Logs, line => line.Text.Contains("the far side was not told", StringComparison.Ordinal));
        await sides.Near.WriteAsync("hint", queue);
        await sides.Source.CommitAsync("main", "a.txt", "two\n");

        await near.FireTimerAsync("Plan");
        await near.WaitUntilIdleAsync();
        await far.FireTimerAsync("Hints");
        await far.WaitUntilIdleAsync();

        await sides.AssertEqualAsync();
        Assert.Single(near.Logs, line => line.Text.Contains("the far side was not told", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_app_of_both_roles_tells_itself()
    {
        var sides = await PartitionSides.CreateAsync();
        await sides.Near.WriteAsync("mirror.yaml", $"""
            {sides.Places}age: {Section(sides.NearKeys, sides.FarKeys, "age")}
            signing: {Section(sides.NearKeys, sides.FarKeys, "signing")}
            mirrors:
            {PartitionSides.Entry(PartitionSides.Name, sides.Source, sides.Target)}
            """);
        File.Copy(sides.Far.PathOf("age.key"), sides.Near.PathOf("age.key"));
        await using var app = await ServedApp.StartAsync(sides.Near, "produce,consume");

        await app.FireTimerAsync("Plan");
        await app.WaitUntilIdleAsync();

        await sides.AssertEqualAsync();
        Assert.Empty(app.Violations);
    }

    /// <summary>One mapping of what the two sides say under a name.</summary>
    private static string Section(string near, string far, string name)
    {
        var lines = new[] { near, far }.SelectMany(keys => keys.Split('\n')).Where(line => line.StartsWith(name, StringComparison.Ordinal));
        var entries = lines.Select(line => line[(line.IndexOf('{', StringComparison.Ordinal) + 1)..line.LastIndexOf('}')]);
        return $"{{ {string.Join(", ", entries)} }}";
    }

    private static string HintAddress(string storage)
    {
        var queue = new QueueClient(storage, "mirror-hints");
        queue.CreateIfNotExists();
        return $"{queue.GenerateSasUri(QueueSasPermissions.Add, DateTimeOffset.UtcNow.AddHours(1))}";
    }

    internal static async Task<PartitionSides> CreateAsync(string bucket) =>
        bucket == Folder ? await PartitionSides.CreateAsync() : await (await AzureCloud.MakeAsync()).PlaceAsync();

    internal static async Task CarryAsync(FunctionsHost near, FunctionsHost far)
    {
        await near.FireTimerAsync("Plan");
        await near.WaitUntilIdleAsync();
        await far.FireTimerAsync("Sweep");
        await far.WaitUntilIdleAsync();
    }
}
