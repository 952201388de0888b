using System.Diagnostics;
using System.Net;
using System.Text.Json;
using Azure.Storage.Queues;
using Mirror.Mirroring;
using Mirror.Storage;
using Mirror.Tests.FunctionsHost;
using Mirror.Tests.Servers;

namespace Mirror.Functions.Tests.Serving;

/// <summary>The status as it is served: behind the host, with the host's key.</summary>
public sealed class StatusServedTests : IDisposable
{
    private readonly HttpClient _client = new();

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task After_a_run_each_form_shows_the_mirror_and_without_the_key_nothing()
    {
        var sides = await PartitionSides.CreateAsync();
        await using var app = await ServedApp.StartAsync(sides.Near, "produce");
        var before = await GetAsync(app, "");
        await app.FireTimerAsync("Plan");
        await app.WaitUntilIdleAsync();
        // A page may be some seconds old.
        var page = await UntilAsync(() => GetAsync(app, ""), text => text.Contains("badge ok", StringComparison.Ordinal));
        var mirror = await GetAsync(app, "/mirror/ce/routy");
        var json = JsonDocument.Parse(await GetAsync(app, "/json")).RootElement.GetProperty("mirrors")[0];
        var metrics = await GetAsync(app, "/metrics");

        Assert.Contains("<span class=\"badge never\">", before, StringComparison.Ordinal);
        Assert.Contains("sequence 1 · 1 full &#x2B; 0 deltas", page, StringComparison.Ordinal);
        Assert.Contains("<rect class=\"full\"", mirror, StringComparison.Ordinal);
        Assert.Equal(("ok", 1), (json.GetProperty("state").GetString(), json.GetProperty("sequence").GetInt64()));
        Assert.Contains("mirror_up{mirror=\"ce/routy\"} 1\n", metrics, StringComparison.Ordinal);
        Assert.All([page, mirror, metrics],
            text => Assert.All(sides.Near.Secrets, secret => Assert.DoesNotContain(secret, text, StringComparison.Ordinal)));
        Assert.All([page, mirror, metrics], text => Assert.DoesNotContain("refs/heads", text, StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.Unauthorized, (await _client.GetAsync(new Uri(app.Http, "/api/status"))).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await _client.GetAsync(Address(app, "/mirror/ce/none"))).StatusCode);
        Assert.DoesNotContain(app.Logs, line => line.Text.Contains(app.KeyOf("Status"), StringComparison.Ordinal));
        Assert.Empty(app.Violations);
    }

    [Fact]
    public async Task The_far_side_says_how_far_it_is_behind()
    {
        var sides = await PartitionSides.CreateAsync();
        await sides.CarryAsync();
        await sides.Source.CommitAsync("main", "a.txt", "two\n");
        await sides.ProduceAsync();
        await using var app = await ServedApp.StartAsync(sides.Far, "consume");

        var mirror = JsonDocument.Parse(await GetAsync(app, "/json")).RootElement.GetProperty("mirrors")[0];

        Assert.Equal((1, 1), (mirror.GetProperty("sequence").GetInt64(), mirror.GetProperty("behind").GetInt32()));
        Assert.Contains("1 bundle to come", await GetAsync(app, ""), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_put_aside_is_shown_and_put_back_by_request()
    {
        var sides = await PartitionSides.CreateAsync();
        var storage = "";
        await using var app = await ServedApp.StartAsync(sides.Near, "produce", setup => storage = setup.Storage);
        var options = new QueueClientOptions { MessageEncoding = QueueMessageEncoding.Base64 };
        var (queue, poison) =
            (new QueueClient(storage, "mirror-produce", options), new QueueClient(storage, "mirror-produce-poison", options));
        await queue.CreateIfNotExistsAsync();
        await queue.SendMessageAsync("junk");
        await app.WaitUntilIdleAsync();
        await app.FireTimerAsync("Poison");

        var page = await UntilAsync(() => GetAsync(app, ""), text => text.Contains("put aside", StringComparison.Ordinal));
        var calls = app.Calls.Count(call => call.Function == "Produce");
        var answer = await _client.PostAsync(Address(app, "/poison?queue=mirror-produce-poison"), content: null);
        var wrong = await _client.PostAsync(Address(app, "/poison?queue=mirror-produce"), content: null);
        await app.WaitUntilIdleAsync();

        Assert.Contains("<button>Put back</button>", page, StringComparison.Ordinal);
        Assert.StartsWith("1 message put back into mirror-produce", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
        // It was no better this time.
        Assert.Equal(calls + 5, app.Calls.Count(call => call.Function == "Produce"));
        Assert.Equal("junk", Assert.Single((await poison.ReceiveMessagesAsync()).Value).MessageText);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await _client.PostAsync(Address(app, ""), content: null)).StatusCode);
        Assert.Empty(app.Violations);
    }

    [Fact]
    public async Task A_mirror_that_is_late_is_a_line_in_the_log_that_an_alert_can_read()
    {
        var sides = await PartitionSides.CreateAsync();
        await using var app = await ServedApp.StartAsync(sides.Near, "produce");
        await app.FireTimerAsync("Late");
        var failed = new MirrorOutcome(PartitionSides.Name, OutcomeKind.Failed) { Error = MirrorError.TryOf(new BusyException("words")) };
        var state = ObjectStore.OpenDirectory(sides.Near.PathOf("state"), TimeProvider.System);
        await RunRecord.AddAsync(
            state, new EndedRun("produce", failed, DateTimeOffset.UtcNow.AddHours(-3), text => text), CancellationToken.None);

        await UntilAsync(() => GetAsync(app, "/json"), text => text.Contains("\"late\":true", StringComparison.Ordinal));
        await app.FireTimerAsync("Late");

        var line = app.Logs.First(line => line.Text.StartsWith("{\"late\":", StringComparison.Ordinal)).Text;
        Assert.Matches(
            "^{\"late\":\"ce/routy\",\"lag_seconds\":108[0-9]{2},\"objective_seconds\":3600,\"proven\":null,\"reason\":\"busy\"}$", line);
        Assert.Empty(app.Violations);
    }

    [Fact]
    public async Task A_configuration_that_cannot_be_read_is_said_on_the_page_and_the_page_comes()
    {
        var sides = await PartitionSides.CreateAsync();
        await sides.Near.WriteAsync("mirror.yaml", "store: ./bucket\nnonsense: true\n");
        await using var app = await ServedApp.StartAsync(sides.Near, "produce");

        var answer = await _client.GetAsync(Address(app, ""));
        var page = await answer.Content.ReadAsStringAsync();

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains("Something is wrong here.", page, StringComparison.Ordinal);
        Assert.Contains("mirror.yaml:2:1", page, StringComparison.Ordinal);
        Assert.Contains("mirror_status_complete 0\n", await GetAsync(app, "/metrics"), StringComparison.Ordinal);
        Assert.Empty(app.Violations);
    }

    [Fact]
    public async Task Every_answer_forbids_scripts_frames_caches_and_referrers()
    {
        var sides = await PartitionSides.CreateAsync();
        await using var app = await ServedApp.StartAsync(sides.Near, "produce");

        foreach (var path in new[] { "", "/mirror/ce/routy", "/mirror/none", "/json", "/metrics", "/other" })
        {
            using var answer = await _client.GetAsync(Address(app, path));
            Assert.Equal(
                "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
                Assert.Single(answer.Headers.GetValues("Content-Security-Policy")));
            Assert.Equal(("no-store", "nosniff", "no-referrer"), (
                $"{answer.Headers.CacheControl}",
                Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")),
                Assert.Single(answer.Headers.GetValues("Referrer-Policy"))));
        }
    }

    [BrowserFact]
    public async Task A_browser_shows_a_hostile_name_as_text_and_its_link_leads_to_its_page()
    {
        const string name = "ce/<script>document.title='taken'</script>";
        var sides = await PartitionSides.CreateAsync();
        await sides.ConfigureAsync($"  - {{ name: \"{name}\", source: {sides.Source.Path}, destination: {sides.Target.Path} }}\n");
        await using var app = await ServedApp.StartAsync(sides.Near, "produce");

        var overview = await Browser.DumpAsync(Address(app, ""));
        var link = Assert.Single(overview.Split("href=\"").Skip(1).Select(part => part[..part.IndexOf('"', StringComparison.Ordinal)]),
            link => link.Contains("/mirror/", StringComparison.Ordinal));
        var page = await Browser.DumpAsync(new Uri(app.Http, WebUtility.HtmlDecode(link)));

        Assert.All([overview, page], text => Assert.DoesNotContain("<script", text, StringComparison.Ordinal));
        Assert.Contains("<title>Mirrors</title>", overview, StringComparison.Ordinal);
        Assert.Contains("<h1>ce/&lt;script&gt;document.title='taken'&lt;/script&gt;</h1>", page, StringComparison.Ordinal);
        Assert.NotEmpty(await Browser.PictureAsync(Address(app, ""), 390, 800));
    }

    private static Uri Address(FunctionsHost app, string path) => new(app.Http,
        $"/api/status{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}code={Uri.EscapeDataString(app.KeyOf("Status"))}");

    private Task<string> GetAsync(FunctionsHost app, string path) => _client.GetStringAsync(Address(app, path));

    private static async Task<string> UntilAsync(Func<Task<string>> get, Func<string, bool> isThere)
    {
        for (var begun = Stopwatch.StartNew(); ;)
        {
            var text = await get();
            if (isThere(text) || begun.Elapsed > Hang.Limit)
            {
                return text;
            }
            await Task.Delay(100);
        }
    }
}
