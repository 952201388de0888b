using Mirror.Tests.FunctionsHost;

namespace Mirror.Functions.Tests.Serving;

/// <summary>Two Functions apps with a bucket between them: from a timer to a target, and whatever the host does on the way.</summary>
public sealed class PartitionAppsTests
{
    [Fact]
    public async Task A_change_goes_from_the_near_timer_to_the_far_target()
    {
        var sides = await PartitionSides.CreateAsync();
        await using var near = await ServedApp.StartAsync(sides.Near, "produce");
        await using var far = await ServedApp.StartAsync(sides.Far, "consume");
        await CarryAsync(near, far);
        await sides.AssertEqualAsync();
        await sides.Source.CommitAsync("main", "a.txt", "two\n");

        await CarryAsync(near, far);

        await sides.AssertEqualAsync();
        Assert.Equal(2, sides.Bundles.Count);
        Assert.Empty(near.Violations.Concat(far.Violations));
        Assert.DoesNotContain(near.Calls.Concat(far.Calls), call => call.Outcome != CallOutcome.Succeeded);
        Assert.Contains(near.Logs, line => line.Text.Contains("\"mirror\":\"ce/routy\",\"outcome\":\"updated\",\"sequence\":2", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Where_nothing_changed_the_sweep_plans_nothing()
    {
        var sides = await PartitionSides.CreateAsync();
        await using var near = await ServedApp.StartAsync(sides.Near, "produce");
        await using var far = await ServedApp.StartAsync(sides.Far, "consume");
        await CarryAsync(near, far);

        await far.FireTimerAsync("Sweep");

        Assert.Contains(far.Logs, line => line.Text == "planned 0 jobs of mirror-consume");
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
        await using var near = await ServedApp.StartAsync(sides.Near, "produce", setup => setup.Delivery = new DeliveryFaults { Duplicates = Duplicates.AtOnce, IsReordered = true, Seed = 1 });
        await using var far = await ServedApp.StartAsync(sides.Far, "consume", setup => setup.Delivery = new DeliveryFaults { Duplicates = Duplicates.Afterwards, Seed = 2 });

        for (var round = 0; round < 3; round++)
        {
            await sides.Source.CommitAsync("main", "a.txt", $"{round}\n");
            await CarryAsync(near, far);
        }

        await sides.AssertEqualAsync();
        Assert.Equal(3, sides.Bundles.Count);
        Assert.Empty(near.Violations.Concat(far.Violations));
    }

    [Fact]
    public async Task Killed_with_jobs_in_flight_the_messages_come_back_and_every_mirror_is_equal()
    {
        var sides = await PartitionSides.CreateAsync();
        await using var near = await ServedApp.StartAsync(sides.Near, "produce");
        await using var far = await ServedApp.StartAsync(sides.Far, "consume");
        var random = new Random(5);
        for (var round = 0; round < 3; round++)
        {
            await sides.Source.CommitAsync("main", [("large", Convert.ToBase64String(PartitionSides.RandomBytes(round, 4_000_000)))]);
            await KillDuringAsync(near, "Plan", random);
            await KillDuringAsync(far, "Sweep", random);
        }

        await CarryAsync(near, far);

        await sides.AssertEqualAsync();
        Assert.Empty(near.Violations.Concat(far.Violations));
    }

    [Theory]
    [InlineData("junk", "the message is not one of ours")]
    [InlineData("{\"format\":2,\"job\":\"produce\"}", "it is from a newer one")]
    [InlineData("{\"format\":1,\"job\":\"consume\",\"mirror\":\"ce/routy\",\"cause\":\"test\",\"planned\":\"2026-01-01T00:00:00Z\"}", "this is the queue of Produce")]
    [InlineData("{\"format\":1,\"job\":\"produce\",\"mirror\":\"ce/none\",\"cause\":\"test\",\"planned\":\"2026-01-01T00:00:00Z\"}", "ce/none: the configuration has no such mirror")]
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
        Assert.Contains(near.Logs, line => line.Text.StartsWith("Plan: ", StringComparison.Ordinal) && line.Text.Contains("mirror.yaml:1:1: unknown key 'nonsense'", StringComparison.Ordinal));
        Assert.DoesNotContain(near.Logs, line => line.Text.Contains("   at Mirror.", StringComparison.Ordinal));
        Assert.Single(sides.Bundles);
        Assert.Empty(near.Violations);
    }

    private static async Task CarryAsync(FunctionsHost near, FunctionsHost far)
    {
        await near.FireTimerAsync("Plan");
        await near.WaitUntilIdleAsync();
        await far.FireTimerAsync("Sweep");
        await far.WaitUntilIdleAsync();
    }

    private static async Task KillDuringAsync(FunctionsHost app, string timer, Random random)
    {
        await app.FireTimerAsync(timer);
        await Task.Delay(TimeSpan.FromMilliseconds(random.Next(50, 600)));
        app.KillHandler();
        await app.WaitUntilIdleAsync(TimeSpan.FromMinutes(2));
    }
}
