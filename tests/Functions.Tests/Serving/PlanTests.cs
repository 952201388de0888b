using System.Text;
using System.Text.RegularExpressions;
using Mirror.Functions.Configurations;
using Mirror.Functions.Jobs;
using Mirror.Functions.Plan;
using Mirror.Functions.Serving;
using Mirror.Tests.Servers;
using Mirror.Mirroring;

namespace Mirror.Functions.Tests.Serving;

public sealed class PlanTests
{
    [Fact]
    public async Task A_plan_on_top_of_one_that_is_not_worked_off_is_left_out_and_that_is_a_warning()
    {
        var storage = (await AzuriteServer.SharedAsync()).TakeAccount().ConnectionString;
        var settings = Syncing(storage);
        var (time, queues, said, warned) =
            (TimeProvider.System, JobQueues.Open(settings, TimeProvider.System), new List<string>(), new List<string>());
        var place = new SettingPlace(
            "test", "mirrors: [{ source: https://a.example.com/a, destination: https://b.example.com/a }]", "/app");
        var plan = new PlanFunction(
            new LiveComposition(place, new SecretReader(_ => null), time, warned.Add), queues, settings, new HostLog(said.Add, warned.Add));
        var call = Invocation.Parse("Plan", "1", Encoding.UTF8.GetBytes("""{"Data":{}}"""));

        await plan.RunAsync(call, CancellationToken.None);
        await queues.AskAsync(JobKind.Sync, [.. Enumerable.Repeat("a", 33)], "test", CancellationToken.None);
        await plan.RunAsync(call, CancellationToken.None);

        Assert.Equal(["queued 1 job of mirror-sync"], said);
        Assert.Equal(["warning: 34 jobs of mirror-sync still wait, so nothing is queued: the app is slower than its schedule"], warned);
        Assert.Equal(34, await queues.CountAsync("mirror-sync", CancellationToken.None));
    }

    /// <summary>What Plan and Sweep say, and not what Hints says: hints without a sweep must not look like a timer that works.</summary>
    [Theory]
    [InlineData("queued 0 jobs of mirror-consume", true)]
    [InlineData("queued 1 job of mirror-produce", true)]
    [InlineData("queued 12 jobs of mirror-sync", true)]
    [InlineData("queued 1 job of mirror-consume by 2 hints", false)]
    public async Task The_alert_for_a_silent_timer_looks_for_what_the_timer_says(string line, bool isFound)
    {
        var template = await File.ReadAllTextAsync(Path.Combine(ServedApp.Root, "infra", "modules", "alerts.bicep"));

        var pattern = Regex.Match(template, "Message matches regex \"(\\^queued [^\"]*)\"").Groups[1].Value;

        Assert.NotEmpty(pattern);
        Assert.Equal(isFound, Regex.IsMatch(line, pattern));
    }

    [Fact]
    public async Task Messages_that_nobody_can_take_yet_are_no_backlog()
    {
        var storage = (await AzuriteServer.SharedAsync()).TakeAccount().ConnectionString;
        var settings = Syncing(storage);
        var (queues, warned) = (JobQueues.Open(settings, TimeProvider.System), new List<string>());
        var queue = queues.Queue("mirror-sync");
        await queue.CreateIfNotExistsAsync();
        await Task.WhenAll(Enumerable.Range(0, 45).Select(_ => queue.SendMessageAsync("junk", TimeSpan.FromHours(1))));

        var isTooLong = await new Backlog(queues, new HostLog(warned.Add, warned.Add))
            .IsTooLongAsync(JobKind.Sync, 1, CancellationToken.None);

        Assert.False(isTooLong);
        Assert.Empty(warned);
    }

    /// <summary>The settings of an app that syncs, with its queues in this storage account.</summary>
    private static Settings Syncing(string storage) => Settings.Read(
        name => name switch
        {
            "FUNCTIONS_CUSTOMHANDLER_PORT" => "1",
            "MIRROR_ROLES" => "sync",
            "AzureWebJobsStorage" => storage,
            _ => null,
        },
        "/app", new SecretReader(_ => null));
}
