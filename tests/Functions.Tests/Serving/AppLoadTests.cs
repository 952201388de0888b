using System.Globalization;
using Azure.Storage.Queues;
using Mirror.Functions.Jobs;
using Mirror.Tests.FunctionsHost;
using Mirror.Tests.Servers;

namespace Mirror.Functions.Tests.Serving;

/// <summary>As much at once as the host may ask for: batchSize and newBatchThreshold of one queue, in one process.</summary>
public sealed class AppLoadTests
{
    private const int JobCount = 24;

    [Fact]
    public async Task Twenty_four_jobs_run_at_once_and_the_process_answers_meanwhile()
    {
        var sides = await PartitionSides.CreateAsync();
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var waiting = 0;
        // Holds every job at its first request until all of them are there.
        await using var gate = new FakeServer(async (request, stream, cancellation) =>
        {
            await request.ReadBodyAsync(cancellation);
            if (Interlocked.Increment(ref waiting) == JobCount)
            {
                all.SetResult();
            }
            await all.Task.WaitAsync(cancellation);
            await stream.WriteAsync(FakeAnswer.Bytes(404, "text/plain", "no\n"u8), cancellation);
        });
        await sides.ConfigureAsync(
            [.. Names.Select(name => PartitionSides.Entry(name, $"{gate.Url}/{name}.git", $"{gate.Url}/far/{name}.git"))]);
        await using var near = await ServedApp.StartAsync(sides.Near, "produce", setup =>
        {
            Configure(setup);
            Send(setup.Storage);
        });

        await all.Task.WaitAsync(Hang.Limit);
        await near.WaitUntilIdleAsync();

        Assert.Equal(JobCount, near.Calls.Count(call => call is { Function: "Produce", Outcome: CallOutcome.Succeeded }));
        Assert.Empty(near.Violations);
    }

    [Fact]
    public async Task Twenty_four_mirrors_at_once_are_all_equal()
    {
        var sides = await PartitionSides.CreateAsync();
        var targets = new List<GitRepository>();
        foreach (var name in Names)
        {
            targets.Add(await GitRepository.CreateAsync(name.Replace('/', '-')));
        }
        await sides.ConfigureAsync([.. Names.Zip(targets, (name, target) => PartitionSides.Entry(name, sides.Source, target))]);
        await using var near = await ServedApp.StartAsync(sides.Near, "produce", Configure);
        await using var far = await ServedApp.StartAsync(sides.Far, "consume", Configure);

        await near.FireTimerAsync("Plan");
        await near.WaitUntilIdleAsync();
        await far.FireTimerAsync("Sweep");
        await far.WaitUntilIdleAsync();

        var wanted = await sides.Source.RefsAsync();
        foreach (var target in targets)
        {
            Assert.Equal(wanted, await target.RefsAsync());
        }
        Assert.DoesNotContain(near.Calls.Concat(far.Calls), call => call.Outcome != CallOutcome.Succeeded);
        Assert.Empty(near.Violations.Concat(far.Violations));
    }

    private static IEnumerable<string> Names =>
        Enumerable.Range(0, JobCount).Select(number => string.Create(CultureInfo.InvariantCulture, $"ce/m{number}"));

    /// <summary>
    /// All before the host looks: of what comes little by little it takes no second batch before some of the first is done.
    /// </summary>
    private static void Send(string storage)
    {
        var queue = new QueueClient(
            storage, JobQueues.NameOf(JobKind.Produce), new QueueClientOptions { MessageEncoding = QueueMessageEncoding.Base64 });
        queue.Create();
        foreach (var name in Names)
        {
            queue.SendMessage(new JobMessage(JobKind.Produce, name, "test", DateTimeOffset.UtcNow).ToText());
        }
    }

    private static void Configure(HostSetup setup)
    {
        setup.Settings["AzureFunctionsJobHost__extensions__queues__batchSize"] = "12";
        // A second batch is fetched while no more than this many are under way.
        setup.Settings["AzureFunctionsJobHost__extensions__queues__newBatchThreshold"] = "12";
        setup.Settings["AzureFunctionsJobHost__extensions__queues__maxDequeueCount"] = "1";
    }
}
