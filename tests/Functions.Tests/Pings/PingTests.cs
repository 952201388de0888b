using System.Text;
using Mirror.Functions.Tests.Serving;
using Mirror.Mirroring;
using Mirror.Tests.FunctionsHost;
using Mirror.Tests.Servers;

namespace Mirror.Functions.Tests.Pings;

/// <summary><c>ping_url</c> from the front door: of the commands, and of a Functions app.</summary>
public sealed class PingTests
{
    private const string Token = "d41d8cd98f00b204e9800998ecf8427e";

    [Fact]
    public async Task A_sync_tells_each_time_that_it_has_proven_the_mirror_equal_and_says_so_when_it_failed()
    {
        await using var listener = Listen();
        var sides = await SidesAsync($"{listener.Url}/{Token}?x=1");
        await sides.Near.RunAsync("sync");
        await sides.Near.RunAsync("sync");
        Directory.Delete(sides.Source.Path, recursive: true);

        var failed = await sides.Near.RunAsync("sync");

        Assert.Equal([$"/{Token}?x=1", $"/{Token}?x=1", $"/{Token}/fail?x=1"], Told(listener));
        Assert.StartsWith("ce/routy: updated, 1 ref created", Encoding.UTF8.GetString(listener.Requests[0].Body), StringComparison.Ordinal);
        Assert.StartsWith("ce/routy: up to date", Encoding.UTF8.GetString(listener.Requests[1].Body), StringComparison.Ordinal);
        Assert.StartsWith("ce/routy: failed: not-found: ", Encoding.UTF8.GetString(listener.Requests[2].Body), StringComparison.Ordinal);
        Assert.Equal(1, failed.ExitCode);
        Assert.DoesNotContain("warning", failed.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Both_halves_tell_and_a_dry_run_does_not()
    {
        await using var listener = Listen();
        var sides = await SidesAsync($"{listener.Url}/{Token}");
        await sides.ProduceAsync("--dry-run");
        await sides.CarryAsync();
        await sides.ConsumeAsync("--dry-run");
        Assert.Equal(2, Told(listener).Count);

        await sides.CarryAsync();
        // The next head cannot be believed.
        await sides.Near.RunAsync("keygen", "other");
        File.Copy(sides.Near.PathOf("other/signing_ed25519"), sides.Near.PathOf("signing_ed25519"), overwrite: true);
        await sides.ProduceAsync();
        await sides.ConsumeAsync();

        Assert.Equal([.. Enumerable.Repeat($"/{Token}", 5), $"/{Token}/fail"], Told(listener));
    }

    [Fact]
    public async Task What_is_held_is_told_as_a_failure()
    {
        await using var listener = Listen();
        var sides = await SidesAsync($"{listener.Url}/{Token}");
        await sides.Near.RunAsync("sync");
        await sides.Source.GitAsync("update-ref", "-d", "refs/heads/main");

        await sides.Near.RunAsync("sync");

        Assert.Equal([$"/{Token}", $"/{Token}/fail"], Told(listener));
        Assert.StartsWith("ce/routy: held: empty-source: ", Encoding.UTF8.GetString(listener.Requests[1].Body), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_line_of_the_defaults_serves_what_is_accepted_too()
    {
        await using var listener = Listen();
        var sides = await PartitionSides.CreateAsync();
        await sides.ProduceAsync();
        await AcceptAllAsync(sides, listener);

        await sides.ConsumeAsync();

        Assert.Equal([$"/{Token}/ce%2Frouty/fail"], Told(listener));
    }

    /// <summary>Whoever can write to the bucket can choose names there.</summary>
    [Fact]
    public async Task Junk_under_an_accepted_name_costs_neither_a_ping_nor_a_message()
    {
        await using var listener = Listen();
        var sides = await PartitionSides.CreateAsync();
        await sides.ProduceAsync();
        await AcceptAllAsync(sides, listener);
        await File.WriteAllTextAsync(Path.Combine(sides.Bucket, ObjectKey.OfHead("junk/1")), "no head");
        await using var app = await ServedApp.StartAsync(sides.Far, "consume");

        await app.FireTimerAsync("Sweep");
        await app.WaitUntilIdleAsync();
        await sides.ConsumeAsync();

        Assert.All(Told(listener), path => Assert.Equal($"/{Token}/ce%2Frouty/fail", path));
        Assert.Contains(app.Logs, line => line.Text.Contains("queued 1 job of mirror-consume", StringComparison.Ordinal));
        Assert.Contains(app.Logs,
            line => line.Text.Contains("1 accepted name in the bucket passed over: 1 damaged", StringComparison.Ordinal));
        Assert.DoesNotContain(app.Logs, line => line.Text.Contains("junk/1", StringComparison.Ordinal));
    }

    /// <summary>Then it may be this side that has the wrong identity.</summary>
    [Fact]
    public async Task Where_no_head_can_be_decrypted_the_runs_say_so()
    {
        await using var listener = Listen();
        var sides = await PartitionSides.CreateAsync();
        await sides.ProduceAsync();
        await sides.Far.WriteAsync("age.key", await new Command("age-keygen").RunAsync());
        await AcceptAllAsync(sides, listener);
        await using var app = await ServedApp.StartAsync(sides.Far, "consume");

        await app.FireTimerAsync("Sweep");
        await app.WaitUntilIdleAsync();

        Assert.Contains(app.Logs, line => line.Text.Contains("queued 1 job of mirror-consume", StringComparison.Ordinal));
        Assert.Contains(app.Logs, line => line.Text.Contains("undecryptable", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Who_does_not_listen_costs_a_warning_and_nothing_else_and_the_url_is_shown_nowhere()
    {
        var sides = await SidesAsync($"http://127.0.0.1:1/{Token}");

        var (text, json) = (await sides.Near.RunAsync("sync"), await sides.Near.RunAsync("sync", "--json"));

        Assert.Equal((0, 0), (text.ExitCode, json.ExitCode));
        Assert.Equal("warning: ce/routy: ping_url: Connection refused (127.0.0.1:1): this run was not reported there\n", text.Error);
        Assert.Equal(text.Error, json.Error);
        PartitionSides.JsonLine(json);
    }

    [Fact]
    public async Task An_app_tells_too_and_its_log_says_when_it_cannot()
    {
        await using var listener = Listen();
        var sides = await SidesAsync($"{listener.Url}/{Token}");
        await using var app = await ServedApp.StartAsync(sides.Near, "sync");
        await app.FireTimerAsync("Plan");
        await app.WaitUntilIdleAsync();
        await sides.Near.WriteAsync("mirror.yaml", Configuration(sides, $"http://127.0.0.1:1/{Token}"));

        await app.FireTimerAsync("Plan");
        await app.WaitUntilIdleAsync();

        Assert.Equal([$"/{Token}"], Told(listener));
        var warning = Assert.Single(
            app.Logs, line => line.Text.StartsWith("warning: ce/routy: ping_url: Connection refused", StringComparison.Ordinal));
        Assert.Equal(LogSeverity.Warning, warning.Severity);
        Assert.DoesNotContain(app.Logs, line => line.Text.Contains(Token, StringComparison.Ordinal));
        Assert.DoesNotContain(app.Calls, call => call.Outcome != CallOutcome.Succeeded);
        Assert.Empty(app.Violations);
    }

    /// <summary>What is not listed cannot be planned for, and must not be silent for it.</summary>
    [Theory]
    [InlineData("produce", "Plan")]
    [InlineData("consume", "Sweep")]
    public async Task An_app_whose_bucket_cannot_be_listed_tells_each_mirror_and_the_page_has_the_reason(string role, string timer)
    {
        await using var listener = Listen();
        var sides = await SidesAsync($"{listener.Url}/{Token}");
        var side = role == "produce" ? sides.Near : sides.Far;
        // Without keys nobody is asked: no name is looked up, and nothing is waited for.
        var silent = "s3://silent?region=eu-west-1&endpoint=http://127.0.0.1:9";
        await side.WriteAsync("mirror.yaml", (await side.ReadAsync("mirror.yaml")).Replace(sides.Bucket, silent, StringComparison.Ordinal));
        await using var app = await ServedApp.StartAsync(side, role, setup =>
        {
            setup.Settings["AWS_EC2_METADATA_DISABLED"] = "true";
            setup.Settings["AzureFunctionsJobHost__extensions__queues__maxDequeueCount"] = "1";
        });

        await app.FireTimerAsync(timer);
        await app.WaitUntilIdleAsync();

        Assert.Equal([$"/{Token}/fail"], Told(listener));
        using var client = new HttpClient();
        var status = await client.GetStringAsync(new Uri(app.Http, $"/api/status/json?code={Uri.EscapeDataString(app.KeyOf("Status"))}"));
        Assert.Contains("\"mirror\":\"ce/routy\",\"state\":\"failing\"", status, StringComparison.Ordinal);
        Assert.Contains("\"reason\":\"store-denied\"", status, StringComparison.Ordinal);
        Assert.Empty(app.Violations);
    }

    private static IReadOnlyList<string> Told(FakeServer listener) => [.. listener.Requests.Select(request => request.Target)];

    private static FakeServer Listen() => new(FakeAnswer.Ok("text/plain", "OK"u8.ToArray()));

    private static async Task<PartitionSides> SidesAsync(string url)
    {
        var sides = await PartitionSides.CreateAsync();
        sides.Near.Secrets.Add(Token);
        sides.Far.Secrets.Add(Token);
        await sides.ConfigureAsync(Entry(sides, url));
        return sides;
    }

    private static Task AcceptAllAsync(PartitionSides sides, FakeServer listener) => sides.Far.WriteAsync("mirror.yaml",
        $"{sides.Places}{sides.FarKeys}accept: ['*']\ndestination_base_url: {Scratch.NewFolder("far")}\ndefaults:\n"
            + $"  ping_url: {listener.Url}/{Token}/{{mirror}}\n");

    private static string Configuration(PartitionSides sides, string url) => $"{sides.Places}{sides.NearKeys}mirrors:\n{Entry(sides, url)}";

    private static string Entry(PartitionSides sides, string url) =>
        $"  - {{ name: ce/routy, source: {sides.Source.Path}, destination: {sides.Target.Path}, ping_url: \"{url}\" }}\n";
}
