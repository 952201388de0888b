using System.Diagnostics;

namespace Mirror.Functions.Tests;

/// <summary>Ctrl-C in the middle of the work of either half: nothing half done, and the turn is given back.</summary>
public sealed class InterruptTests
{
    // A shell that runs the tests in the background has made all its children deaf to Ctrl-C.
    private static readonly string[] Hearing = ["--default-signal=INT"];

    [Fact]
    public async Task A_produce_that_is_interrupted_ends_with_130_and_the_next_goes_on_at_once()
    {
        var sides = await PartitionSides.CreateAsync();
        await sides.CarryAsync();
        await sides.Source.CommitAsync("main", "a.txt", "two\n");
        await Hooks.SignalProducerAsync(sides, "INT");

        await AssertInterruptedAsync(sides.Near, "produce");

        Assert.Single(sides.Bundles);
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(sides.Bucket, ".mirror~", "uploads")));
        Hooks.Remove(sides);
        await AssertGoesOnAtOnceAsync(sides);
    }

    [Fact]
    public async Task A_consume_that_is_interrupted_ends_with_130_and_the_next_goes_on_at_once()
    {
        var sides = await PartitionSides.CreateAsync();
        await sides.CarryAsync();
        await sides.Source.CommitAsync("main", "a.txt", "two\n");
        await sides.ProduceAsync();
        var before = await sides.Target.RefsAsync();
        await Hooks.SignalConsumerAsync(sides, "INT", after: "exec sleep 60");

        await AssertInterruptedAsync(sides.Far, "consume");

        Assert.Equal(before, await sides.Target.RefsAsync());
        await sides.Target.FsckAsync();
        Hooks.Remove(sides);
        await AssertGoesOnAtOnceAsync(sides);
    }

    private static async Task AssertInterruptedAsync(MirrorProgram side, string command)
    {
        var result = await side.Under("env", Hearing, command).TryRunAsync();

        Assert.Equal((130, "", "interrupted\n"), (result.ExitCode, result.Output, result.Error));
        Assert.Empty(Ledgers.HeldLeases(side));
    }

    private static async Task AssertGoesOnAtOnceAsync(PartitionSides sides)
    {
        var clock = Stopwatch.StartNew();
        await sides.CarryAsync();
        // A lease that was not given back would take fifteen.
        Assert.InRange(clock.Elapsed.TotalSeconds, 0, 12);
        await sides.AssertEqualAsync();
    }
}
