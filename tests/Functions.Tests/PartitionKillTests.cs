using System.Diagnostics;
using Mirror.Tests.Servers;
using Xunit.Abstractions;

namespace Mirror.Functions.Tests;

/// <summary>Both halves of a partition killed by SIGKILL, over and over: promises 2 and 3 of the design.</summary>
public sealed class PartitionKillTests(ITestOutputHelper output)
{
    private const int ChangeCount = 12;

    [Theory]
    [InlineData(20261)]
    public async Task Killed_at_any_moment_on_either_side_the_next_runs_converge(int seed)
    {
        var random = new Random(seed);
        var sides = await BigSidesAsync(random);
        var (changes, ledgers) = (new SourceChanges(sides.Source, random), new Ledgers(sides));
        // The time of an undisturbed run, as the last one took: machines differ, and so do loads.
        var (produceTime, consumeTime) = (await TimeAsync(() => sides.ProduceAsync("-n")), await TimeAsync(() => sides.ProduceAsync("-n")));
        var (kills, holders) = (0, 0);
        for (var change = 1; change <= ChangeCount; change++)
        {
            var when = $"seed {seed}, change {change}: {await changes.ChangeAsync()}";
            await KillAsync("produce", sides.Near, produceTime, 2);
            await KillAsync("consume", sides.Far, consumeTime, 1);
            produceTime = await TimeAsync(() => UndisturbedAsync(sides.ProduceAsync(), when));
            await KillAsync("consume", sides.Far, consumeTime, 2);
            consumeTime = await TimeAsync(() => UndisturbedAsync(sides.ConsumeAsync(), when));

            ledgers.AssertNothingFell(when);
            Assert.True((await sides.Source.RefsAsync()).SequenceEqual(await sides.Target.RefsAsync()), $"{when}: the target is not equal");
            if (change % 3 == 0)
            {
                await UndisturbedAsync(sides.Far.RunAsync("verify"), when);
            }

            async Task KillAsync(string command, MirrorProgram side, TimeSpan usual, int times)
            {
                for (var i = 0; i < times; i++)
                {
                    using var run = StartedProgram.Start(side, command);
                    kills += await run.KillAfterAsync(usual * Fraction(random)) ? 1 : 0;
                    holders += ledgers.ForgetTheDead() ? 1 : 0;
                    ledgers.AssertNothingFell($"{when}, killed {command}");
                    await sides.Target.FsckAsync();
                }
            }
        }
        output.WriteLine($"{kills} killed, {holders} of them with the lease");
        Assert.True(kills > ChangeCount, $"seed {seed}: only {kills} runs were killed before they ended");
        Assert.True(holders > 0, $"seed {seed}: no run was killed at work");
    }

    /// <summary>Mostly in the second half, since a process is long in starting; now and then before it can have begun, and when it is about
    /// to end or has.</summary>
    private static double Fraction(Random random) => random.Next(8) switch
    {
        0 => 0.1 * random.NextDouble(),
        1 => 0.95 + (0.1 * random.NextDouble()),
        _ => 0.5 + (0.5 * random.NextDouble()),
    };

    private static async Task UndisturbedAsync(Task<CommandResult> run, string when)
    {
        var result = await run;
        Assert.True(result.ExitCode == 0, $"{when}: exit status {result.ExitCode}\n{result.Output}{result.Error}");
    }

    private static async Task<TimeSpan> TimeAsync(Func<Task> run)
    {
        var clock = Stopwatch.StartNew();
        await run();
        return clock.Elapsed;
    }

    /// <summary>A few megabytes at the source.</summary>
    private static async Task<PartitionSides> BigSidesAsync(Random random)
    {
        var sides = await PartitionSides.CreateAsync();
        var contents = Enumerable.Range(0, 3)
            .Select(i => ($"f{i}", Convert.ToBase64String(PartitionSides.RandomBytes(random.Next(), 1_000_000))));
        await sides.Source.CommitAsync("main", contents);
        return sides;
    }
}
