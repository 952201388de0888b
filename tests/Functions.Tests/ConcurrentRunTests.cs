using Mirror.Tests.Servers;

namespace Mirror.Functions.Tests;

/// <summary>Two processes at the same work with the same configuration: they take turns, and neither spoils what the other does.</summary>
public sealed class ConcurrentRunTests
{
    private const int Seed = 71;

    [Fact]
    public async Task Two_of_each_at_once_leave_a_sound_chain_and_an_equal_target()
    {
        var sides = await PartitionSides.CreateAsync();
        var (changes, ledgers) = (new SourceChanges(sides.Source, new Random(Seed)), new Ledgers(sides));
        for (var round = 1; round <= 4; round++)
        {
            var when = $"seed {Seed}, round {round}: {await changes.ChangeAsync()}";
            AssertGood(await Task.WhenAll(sides.ProduceAsync("--json"), sides.ProduceAsync("--json")), when);
            AssertGood(await Task.WhenAll(sides.ConsumeAsync("--json"), sides.ConsumeAsync("--json")), when);
            ledgers.AssertNothingFell(when);
            await sides.AssertEqualAsync();
        }
        Assert.Equal(0, (await sides.Far.RunAsync("verify")).ExitCode);
    }

    [Fact]
    public async Task Producing_and_consuming_at_once_moves_only_what_a_head_says()
    {
        var sides = await PartitionSides.CreateAsync();
        var (changes, ledgers) = (new SourceChanges(sides.Source, new Random(Seed + 1)), new Ledgers(sides));
        await sides.CarryAsync();
        for (var round = 1; round <= 3; round++)
        {
            var when = $"seed {Seed + 1}, round {round}: {await changes.ChangeAsync()}";
            AssertGood(await Task.WhenAll(sides.ProduceAsync("--json"), sides.ConsumeAsync("--json")), when);
            ledgers.AssertNothingFell(when);
            await sides.Target.FsckAsync();
        }
        await sides.CarryAsync();
        await sides.AssertEqualAsync();
    }

    private static void AssertGood(CommandResult[] results, string when) => Assert.All(results, result =>
    {
        var isBusy = result.Output.Contains("\"reason\":\"busy\"", StringComparison.Ordinal);
        Assert.True(result.ExitCode == (isBusy ? 1 : 0), $"{when}: exit status {result.ExitCode}\n{result.Output}{result.Error}");
    });
}
