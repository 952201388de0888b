using Mirror.Tests.FunctionsHost;
using Mirror.Tests.Servers;

namespace Mirror.Functions.Tests.Serving;

/// <summary>Calls that take too long: the host would kill the process, and with it what else runs there.</summary>
public sealed class AppDeadlineTests
{
    // The host's; ours is three quarters of it. Enough for the mirror that does nothing wrong, on a machine that is busy.
    private const string FunctionTimeout = "00:00:12";

    [Fact]
    public async Task A_source_that_stays_silent_ends_its_own_call_in_time_and_no_other()
    {
        var sides = await PartitionSides.CreateAsync();
        await using var silent = new FakeServer(FakeAnswer.Stall());
        var slowTarget = await GitRepository.CreateAsync("slow");
        var good = PartitionSides.Entry(PartitionSides.Name, sides.Source, sides.Target);
        await sides.ConfigureAsync(good, PartitionSides.Entry("ce/slow", $"{silent.Url}/slow.git", slowTarget.Path));
        await using var near = await StartAsync(sides.Near, "produce");

        await near.FireTimerAsync("Plan");
        await near.WaitUntilIdleAsync();

        Assert.Single(sides.Bundles);
        Assert.Contains(near.Logs, line => line.Text.Contains("\"mirror\":\"ce/slow\",\"outcome\":\"failed\"", StringComparison.Ordinal)
            && line.Text.Contains("\"reason\":\"deadline\"", StringComparison.Ordinal));
        // Another attempt would begin anew and end there: one for each mirror is all.
        Assert.Equal(2, near.Calls.Count(call => call is { Function: "Produce", Outcome: CallOutcome.Succeeded }));
        Assert.Equal(2, near.Calls.Count(call => call.Function == "Produce"));
        Assert.Contains(
            "and nothing of it is kept: the next plan starts again: "
                + "give it more by functionTimeout in host.json, on a plan that allows it",
            await StatusAsync(near), StringComparison.Ordinal);
        Assert.Empty(near.Violations);
        // And nothing of it is in the way of the next attempt: no lease, no half of a bundle that counts.
        await sides.ConfigureAsync(good, PartitionSides.Entry("ce/slow", sides.Source, slowTarget));
        await near.FireTimerAsync("Plan");
        await near.WaitUntilIdleAsync();
        Assert.Equal(2, sides.Bundles.Count);
        Assert.Empty(near.Violations);
    }

    /// <summary>Of three bundles the target takes one, and is at the second when the time is over.</summary>
    [Fact]
    public async Task What_a_target_has_taken_before_the_deadline_it_is_not_sent_again()
    {
        var sides = await PartitionSides.CreateAsync();
        for (var change = 0; change < 3; change++)
        {
            await sides.Source.CommitAsync("main", "a.txt", $"{change}\n");
            Assert.Equal(0, (await sides.ProduceAsync()).ExitCode);
        }
        var pushes = Path.Combine(sides.Target.Path, "pushes");
        await sides.Target.InstallHookAsync(
            "pre-receive", $"echo >>{pushes}; [ -e {pushes}.go ] || [ $(wc -l <{pushes}) -lt 2 ] || exec sleep 60");
        await using var far = await StartAsync(sides.Far, "consume");
        await far.FireTimerAsync("Sweep");
        await far.WaitUntilIdleAsync();
        Assert.Contains(far.Logs, line => line.Text.Contains("\"reason\":\"deadline\"", StringComparison.Ordinal));
        Assert.Equal(2, (await File.ReadAllLinesAsync(pushes)).Length);
        await File.WriteAllTextAsync($"{pushes}.go", "");

        await far.FireTimerAsync("Sweep");
        await far.WaitUntilIdleAsync();

        await sides.AssertEqualAsync();
        Assert.Equal(4, (await File.ReadAllLinesAsync(pushes)).Length);
        Assert.Empty(far.Violations);
    }

    /// <summary>
    /// What comes after a run has no more time than is left before the host kills the process, although the deadline was not even near.
    /// </summary>
    [Fact]
    public async Task A_state_that_stays_silent_costs_the_record_and_not_the_run()
    {
        var sides = await PartitionSides.CreateAsync();
        await using var silent = new FakeServer((request, stream, cancellation) =>
        {
            var isRecord = request.Target.Contains("runs.json", StringComparison.Ordinal);
            return (isRecord ? FakeAnswer.Stall() : FakeAnswer.Status(403))(request, stream, cancellation);
        });
        await sides.Near.WriteAsync("mirror.yaml", $$"""
            state: az://account/state?endpoint={{silent.Url}}/account
            credentials: [{ match: az://account, sas: env:SIGNATURE }]
            mirrors:
            {{PartitionSides.Entry(PartitionSides.Name, sides.Source, sides.Target)}}
            """);
        sides.Near.Environment["SIGNATURE"] = "sv=2022&sp=rl&sig=secret";
        await using var app = await StartAsync(sides.Near, "sync");

        await app.FireTimerAsync("Plan");
        await app.WaitUntilIdleAsync();

        await sides.AssertEqualAsync();
        Assert.Single(app.Calls, call => call is { Function: "Sync", Outcome: CallOutcome.Succeeded });
        Assert.Contains(app.Logs,
            line => line.Text.EndsWith("nothing keeps another run of this mirror from doing the same at once", StringComparison.Ordinal));
        Assert.Contains(app.Logs, line => line.Severity == LogSeverity.Warning
            && line.Text.Contains("no answer in time: the status page does not know of this run", StringComparison.Ordinal));
        Assert.Empty(app.Violations);
    }

    private static Task<FunctionsHost> StartAsync(MirrorProgram side, string role) => ServedApp.StartAsync(side, role, setup =>
    {
        setup.Settings["AzureFunctionsJobHost__functionTimeout"] = FunctionTimeout;
        if (role != "produce")
        {
            // One attempt: the others would be no different.
            setup.Settings["AzureFunctionsJobHost__extensions__queues__maxDequeueCount"] = "1";
        }
    });

    private static async Task<string> StatusAsync(FunctionsHost app)
    {
        using var client = new HttpClient();
        return await client.GetStringAsync(new Uri(app.Http, $"/api/status?code={Uri.EscapeDataString(app.KeyOf("Status"))}"));
    }
}
