using System.Text.Json.Nodes;

namespace Mirror.Tests.FunctionsHost.Tests;

/// <summary>Deliveries that are rare in life.</summary>
public sealed class DeliveryFaultTests
{
    [Fact]
    public async Task Comes_once_more_after_it_has_succeeded()
    {
        var package = await StubPackage.CreateQueueAsync();
        package.Delivery = new DeliveryFaults { Duplicates = Duplicates.Afterwards };
        await using var host = await package.StartAsync();

        await package.SendAsync("ok");
        await host.WaitUntilIdleAsync();

        Assert.Equal([1L, 2L], host.Calls.Select(call => call.DequeueCount));
        Assert.Single(host.Calls.Select(call => call.MessageId).Distinct());
    }

    [Fact]
    public async Task Comes_twice_at_once()
    {
        var package = await StubPackage.CreateQueueAsync();
        package.Delivery = new DeliveryFaults { Duplicates = Duplicates.AtOnce };
        await using var host = await package.StartAsync();

        await package.SendAsync("sleep 0.5");
        await host.WaitUntilIdleAsync();

        Assert.Equal(2, package.Seen.Max(request => request.Running));
        Assert.Equal([1L, 2L], host.Calls.Select(call => call.DequeueCount!.Value).Order());
    }

    [Fact]
    public async Task Comes_in_another_order_the_same_for_the_same_seed()
    {
        string[] sent = [.. Enumerable.Range(0, 20).Select(number => $"log {number}")];
        var orders = new List<IReadOnlyList<string>>();
        foreach (var seed in new[] { 1, 1, 2 })
        {
            var package = await StubPackage.CreateQueueAsync();
            package.Set("extensions.queues.batchSize", "1");
            package.Set("extensions.queues.newBatchThreshold", "0");
            package.Delivery = new DeliveryFaults { IsReordered = true, Seed = seed };
            await package.SendAsync(sent);
            await using var host = await package.StartAsync();
            await host.WaitUntilIdleAsync();
            orders.Add([.. package.Seen.Select(request => (string)JsonNode.Parse(request.Body)!["Data"]!["message"]!)]);
        }

        Assert.Equal(20, orders[0].Distinct().Count());
        Assert.Equal(orders[0], orders[1]);
        Assert.NotEqual(orders[0], orders[2]);
    }

    [Fact]
    public async Task What_was_taken_and_not_handed_out_is_given_back_at_the_end()
    {
        var package = await StubPackage.CreateQueueAsync();
        package.Set("extensions.queues.batchSize", "1");
        package.Set("extensions.queues.newBatchThreshold", "0");
        package.Delivery = new DeliveryFaults { IsReordered = true };
        await package.SendAsync("sleep 0.5", "sleep 0.5", "sleep 0.5");
        var first = await package.StartAsync();
        await Until.TrueAsync(() => package.Seen.Count == 1);
        await first.DisposeAsync();

        await using var second = await package.StartAsync();
        await second.WaitUntilIdleAsync();

        Assert.Equal(3, first.Calls.Count + second.Calls.Count);
    }
}
