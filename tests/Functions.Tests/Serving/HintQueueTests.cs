using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Storage.Queues;
using Mirror.Functions.Hints;
using Mirror.Functions.Jobs;
using Mirror.Mirroring;
using Mirror.Tests.FunctionsHost;
using Mirror.Tests.Servers;

namespace Mirror.Functions.Tests.Serving;

/// <summary>What the near side, or anybody who got hold of its right, can make of the queue of hints.</summary>
public sealed class HintQueueTests
{
    [Fact]
    public async Task Hints_are_told_from_what_is_none_and_all_of_it_is_gone()
    {
        var (hints, queue, _) = await CreateAsync();
        await queue.SendMessageAsync(Hint("ce/routy"));
        await queue.SendMessageAsync(Hint("ce/routy"));
        await queue.SendMessageAsync(Hint("ce/other"));
        await queue.SendMessageAsync(Encoded(new JobMessage(JobKind.Produce, "ce/routy", "test", DateTimeOffset.UtcNow).ToText()));
        await queue.SendMessageAsync("no <base64>");
        await queue.SendMessageAsync(Encoded("{}"));
        await queue.SendMessageAsync(Encoded(new string('x', 20_000)));

        var taken = await hints.TakeAsync(CancellationToken.None);

        Assert.Equal(["ce/other", "ce/routy"], taken.Mirrors.Order(StringComparer.Ordinal));
        Assert.Equal((4, false), (taken.JunkCount, taken.HasOverflowed));
        Assert.Equal(0, (await queue.GetPropertiesAsync()).Value.ApproximateMessagesCount);
    }

    [Fact]
    public async Task Junk_costs_a_bounded_number_of_requests_and_is_gone_after_it()
    {
        var (hints, queue, requests) = await CreateAsync();
        await Task.WhenAll(Enumerable.Range(0, 300).Select(i =>
            queue.SendMessageAsync($"junk {i}", i % 3 == 0 ? TimeSpan.FromHours(1) : null)));
        var before = requests.Count;

        var taken = await hints.TakeAsync(CancellationToken.None);

        Assert.Equal((0, HintQueue.MaxCount, true), (taken.Mirrors.Count, taken.JunkCount, taken.HasOverflowed));
        // One to see whether the queue is there, four to receive, one to delete each message, one to look for more, one to clear.
        Assert.InRange(requests.Count - before, 1, HintQueue.MaxCount + 7);
        Assert.Equal(0, (await queue.GetPropertiesAsync()).Value.ApproximateMessagesCount);
    }

    [Fact]
    public async Task Without_a_queue_there_are_no_hints()
    {
        var storage = (await AzuriteServer.SharedAsync()).TakeAccount().ConnectionString;

        Assert.Empty((await new HintQueue(new QueueClient(storage, JobQueues.HintName)).TakeAsync(CancellationToken.None)).Mirrors);
    }

    /// <summary>Messages with a delay once made the sweep plan nothing: they wait, and nobody can take them.</summary>
    [Fact]
    public async Task A_queue_full_of_hints_and_delayed_messages_does_not_stop_the_sweep()
    {
        var sides = await PartitionSides.CreateAsync();
        Assert.Equal(0, (await sides.ProduceAsync()).ExitCode);
        var storage = "";
        await using var far = await ServedApp.StartAsync(sides.Far, "consume", setup => storage = setup.Storage);
        foreach (var name in new[] { JobQueues.HintName, "mirror-consume" })
        {
            var queue = new QueueClient(storage, name);
            await queue.CreateIfNotExistsAsync();
            await Task.WhenAll(Enumerable.Range(0, 45).Select(_ => queue.SendMessageAsync("junk", TimeSpan.FromHours(1))));
        }

        await far.FireTimerAsync("Sweep");

        Assert.Contains(far.Logs, line => line.Text == "queued 1 job of mirror-consume");
        Assert.DoesNotContain(far.Logs, line => line.Text.Contains("nothing is queued", StringComparison.Ordinal));
    }

    /// <summary>After a sweep a job of each mirror may wait, which is no reason to leave a hint undone.</summary>
    [Theory]
    [InlineData("listed")]
    [InlineData("accepted")]
    public async Task A_hint_counts_although_a_job_of_every_mirror_waits(string how)
    {
        var sides = await PartitionSides.CreateAsync();
        Assert.Equal(0, (await sides.ProduceAsync()).ExitCode);
        string[] others = [.. Enumerable.Range(0, 40).Select(i => $"other/{i}")];
        if (how == "listed")
        {
            await sides.ConfigureAsync([PartitionSides.Entry(PartitionSides.Name, sides.Source, sides.Target),
                .. others.Select(name => PartitionSides.Entry(name, "./none.git", $"./{name}.git"))]);
        }
        else
        {
            await sides.Far.WriteAsync("mirror.yaml", $"{sides.Places}{sides.FarKeys}"
                + $"destination_base_url: {Scratch.NewFolder("base")}\naccept: [\"*\"]\n");
            await Task.WhenAll(others.Select(name => File.WriteAllTextAsync(Path.Combine(sides.Bucket, ObjectKey.OfHead(name)), "")));
        }
        var storage = "";
        await using var far = await ServedApp.StartAsync(sides.Far, "consume", setup =>
        {
            storage = setup.Storage;
            setup.Settings["AzureWebJobs.Consume.Disabled"] = "true";
        });
        var (hints, jobs) = (new QueueClient(storage, JobQueues.HintName), new QueueClient(storage, "mirror-consume"));
        await Task.WhenAll(hints.CreateIfNotExistsAsync(), jobs.CreateIfNotExistsAsync());
        await Task.WhenAll(others.Select(name => jobs.SendMessageAsync(Hint(name))));
        await hints.SendMessageAsync(Hint(PartitionSides.Name));

        await far.FireTimerAsync("Hints");

        Assert.Contains(far.Logs, line => line.Text == "queued 1 job of mirror-consume by 1 hint");
        Assert.DoesNotContain(far.Logs, line => line.Text.Contains("warning", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_hint_asks_only_for_a_mirror_that_is_taken_and_whose_head_is_another_one()
    {
        var sides = await PartitionSides.CreateAsync();
        Assert.Equal(0, (await sides.ProduceAsync()).ExitCode);
        var storage = "";
        await using var far = await ServedApp.StartAsync(sides.Far, "consume", setup => storage = setup.Storage);
        var queue = new QueueClient(storage, JobQueues.HintName);
        await queue.CreateIfNotExistsAsync();

        for (var i = 0; i < 2; i++)
        {
            await queue.SendMessageAsync(Hint(PartitionSides.Name));
            await queue.SendMessageAsync(Hint("other/unknown"));
            await far.FireTimerAsync("Hints");
            await far.WaitUntilIdleAsync();
        }

        await sides.AssertEqualAsync();
        Assert.Single(far.Calls, call => call is { Function: "Consume", Outcome: CallOutcome.Succeeded });
        Assert.Contains(far.Logs, line => line.Text == "queued 1 job of mirror-consume by 2 hints");
        Assert.Contains(far.Logs, line => line.Text == "queued 0 jobs of mirror-consume by 2 hints");
        Assert.Contains(far.Logs, line => line.Text == "1 hint dropped: the configuration neither lists nor accepts these mirrors");
        Assert.Empty(far.Violations);
    }

    private static string Hint(string mirror) =>
        Encoded(new JobMessage(JobKind.Consume, mirror, "produce", DateTimeOffset.UtcNow).ToText());

    private static string Encoded(string text) => Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(text));

    private static async Task<(HintQueue Hints, QueueClient Queue, RequestCount Requests)> CreateAsync()
    {
        var storage = (await AzuriteServer.SharedAsync()).TakeAccount().ConnectionString;
        var (requests, options) = (new RequestCount(), new QueueClientOptions());
        options.AddPolicy(requests, HttpPipelinePosition.PerCall);
        var queue = new QueueClient(storage, JobQueues.HintName);
        await queue.CreateIfNotExistsAsync();
        return (new HintQueue(new QueueClient(storage, JobQueues.HintName, options)), queue, requests);
    }

    private sealed class RequestCount : HttpPipelineSynchronousPolicy
    {
        private int _count;

        public int Count => _count;

        public override void OnSendingRequest(HttpMessage message) => Interlocked.Increment(ref _count);
    }
}
