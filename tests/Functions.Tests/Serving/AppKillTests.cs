using System.Globalization;
using Mirror.Tests.FunctionsHost;
using Mirror.Tests.Servers;

namespace Mirror.Functions.Tests.Serving;

/// <summary>Killed at random moments, with jobs in flight: their messages come back, and nobody plans them again. Apart from its like,
/// since it waits for the leases of the dead.</summary>
public sealed class AppKillTests
{
    private const int MirrorCount = 6;
    private const int RoundCount = 3;

    private readonly Random _random = new(5);
    private readonly List<GitRepository> _targets = [];

    [Fact]
    public async Task When_the_program_is_killed_every_mirror_is_equal_after_redelivery_and_nothing_is_there_twice()
    {
        var sides = await CreateAsync();
        await using var near = await ServedApp.StartAsync(sides.Near, "produce");
        await using var far = await ServedApp.StartAsync(sides.Far, "consume");
        for (var round = 0; round < RoundCount; round++)
        {
            await ChangeAsync(sides, round);
            await KillDuringAsync(near, "Plan");
            await KillDuringAsync(far, "Sweep");
        }

        await AssertEqualAsync(sides);
        Assert.Contains(near.Calls.Concat(far.Calls), call => call.Outcome == CallOutcome.Failed);
        Assert.Empty(near.Violations.Concat(far.Violations));
    }

    [Fact]
    public async Task When_the_host_itself_dies_the_next_one_gets_its_messages()
    {
        var sides = await CreateAsync();
        await ChangeAsync(sides, round: 0);
        var (nearStorage, farStorage) = ("", "");
        await CrashDuringAsync(await ServedApp.StartAsync(sides.Near, "produce", setup => nearStorage = setup.Storage), "Plan");
        await using (var near = await ServedApp.StartAsync(sides.Near, "produce", setup => setup.Storage = nearStorage))
        {
            await near.WaitUntilIdleAsync();
            Assert.Empty(near.Violations);
        }
        await CrashDuringAsync(await ServedApp.StartAsync(sides.Far, "consume", setup => farStorage = setup.Storage), "Sweep");
        await using var far = await ServedApp.StartAsync(sides.Far, "consume", setup => setup.Storage = farStorage);
        await far.WaitUntilIdleAsync();

        await AssertEqualAsync(sides, rounds: 1);
        Assert.Empty(far.Violations);
    }

    private async Task<PartitionSides> CreateAsync()
    {
        var sides = await PartitionSides.CreateAsync();
        for (var number = 0; number < MirrorCount; number++)
        {
            _targets.Add(await GitRepository.CreateAsync(string.Create(CultureInfo.InvariantCulture, $"target{number}")));
        }
        await sides.ConfigureAsync([.. _targets.Select((target, number) => PartitionSides.Entry($"ce/m{number}", sides.Source, target))]);
        return sides;
    }

    /// <summary>Large enough for a job to take its time; and the deltas too small beside the first for another full bundle.</summary>
    private static Task<string> ChangeAsync(PartitionSides sides, int round) =>
        sides.Source.CommitAsync(
            "main", [("large", Convert.ToBase64String(PartitionSides.RandomBytes(round, round == 0 ? 6_000_000 : 1_200_000)))]);

    private async Task KillDuringAsync(FunctionsHost app, string timer)
    {
        await BeginAsync(app, timer);
        app.KillHandler();
        await app.WaitUntilIdleAsync();
    }

    private async Task CrashDuringAsync(FunctionsHost app, string timer)
    {
        await BeginAsync(app, timer);
        await app.CrashAsync();
    }

    /// <summary>Until jobs are under way, and a little longer.</summary>
    private async Task BeginAsync(FunctionsHost app, string timer)
    {
        await app.FireTimerAsync(timer);
        for (var look = 0; app.RunningCount == 0; look++)
        {
            Assert.True(look < 2000, "no job has begun");
            await Task.Delay(TimeSpan.FromMilliseconds(5));
        }
        await Task.Delay(TimeSpan.FromMilliseconds(_random.Next(10, 400)));
    }

    private async Task AssertEqualAsync(PartitionSides sides, int rounds = RoundCount)
    {
        var wanted = await sides.Source.RefsAsync();
        foreach (var target in _targets)
        {
            Assert.Equal(wanted, await target.RefsAsync());
            await target.FsckAsync();
        }
        // One for each change and mirror: each was negotiated against the one before, and none is there twice.
        Assert.Equal(MirrorCount * rounds, sides.Bundles.Count);
    }
}
