using System.Diagnostics;

namespace Mirror.Functions.Tests;

/// <summary>A holder of a turn who was killed cannot give it back; it is taken when it has been silent for long enough.</summary>
public sealed class LeaseDelayTests
{
    [Fact]
    public async Task Killed_at_work_it_delays_the_next_run_by_no_more_than_its_lease()
    {
        var (near, far) = (await PartitionSides.CreateAsync(), await PartitionSides.CreateAsync());
        await near.CarryAsync();
        await far.ProduceAsync();
        await near.Source.CommitAsync("main", "a.txt", "two\n");
        await Hooks.SignalProducerAsync(near, "KILL");
        await Hooks.SignalConsumerAsync(far, "KILL");
        Assert.Equal((137, 137), ((await near.ProduceAsync()).ExitCode, (await far.ConsumeAsync()).ExitCode));
        Assert.Equal((1, 1), (Ledgers.HeldLeases(near.Near).Count(), Ledgers.HeldLeases(far.Far).Count()));
        Hooks.Remove(near, far);

        var clock = Stopwatch.StartNew();
        var results = await Task.WhenAll(near.ProduceAsync(), far.ConsumeAsync());

        // Nobody waits for more than twenty-five seconds: that would have ended as busy.
        Assert.Equal([0, 0], results.Select(result => result.ExitCode));
        Assert.True(clock.Elapsed.TotalSeconds > 10, $"the lease of the dead was taken after {clock.Elapsed.TotalSeconds:0.0} s already");
        await near.ConsumeAsync();
        await near.AssertEqualAsync();
        await far.AssertEqualAsync();
    }
}
