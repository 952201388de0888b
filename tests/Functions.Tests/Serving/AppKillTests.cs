using Mirror.Tests.FunctionsHost;

namespace Mirror.Functions.Tests.Serving;

/// <summary>Killed at random moments, with jobs in flight. Apart from its like, since it waits: for leases of the dead.</summary>
public sealed class AppKillTests
{
    [Fact]
    public async Task Killed_with_jobs_in_flight_the_messages_come_back_and_every_mirror_is_equal()
    {
        var sides = await PartitionAppsTests.CreateAsync(PartitionAppsTests.Container);
        await using var near = await ServedApp.StartAsync(sides.Near, "produce");
        await using var far = await ServedApp.StartAsync(sides.Far, "consume");
        var random = new Random(5);
        for (var round = 0; round < 3; round++)
        {
            await sides.Source.CommitAsync("main", [("large", Convert.ToBase64String(PartitionSides.RandomBytes(round, 4_000_000)))]);
            await KillDuringAsync(near, "Plan", random);
            await KillDuringAsync(far, "Sweep", random);
        }

        await PartitionAppsTests.CarryAsync(near, far);

        await sides.AssertEqualAsync();
        Assert.Empty(near.Violations.Concat(far.Violations));
    }

    private static async Task KillDuringAsync(FunctionsHost app, string timer, Random random)
    {
        await app.FireTimerAsync(timer);
        await Task.Delay(TimeSpan.FromMilliseconds(random.Next(50, 600)));
        app.KillHandler();
        await app.WaitUntilIdleAsync(TimeSpan.FromMinutes(2));
    }
}
