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
        await AssertGoesOnAsync(sides);
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
        await AssertGoesOnAsync(sides);
    }

    private static async Task AssertInterruptedAsync(MirrorProgram side, string command)
    {
        var result = await side.Under("env", Hearing, command).TryRunAsync();

        Assert.Equal((130, "", "interrupted\n"), (result.ExitCode, result.Output, result.Error));
        // So the next need not wait for the lease of this one to run out.
        Assert.Empty(Ledgers.HeldLeases(side));
    }

    private static async Task AssertGoesOnAsync(PartitionSides sides)
    {
        await sides.CarryAsync();
        await sides.AssertEqualAsync();
    }
}
