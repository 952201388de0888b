using System.Text;
using Azure.Storage.Queues;
using Mirror.Functions.Jobs;
using Mirror.Functions.Poison;
using Mirror.Functions.Serving;
using Mirror.Storage;
using Mirror.Tests.FunctionsHost;
using Mirror.Tests.Servers;

namespace Mirror.Functions.Tests.Serving;

/// <summary>What the host has put aside: why, where that can be read, and the way back.</summary>
public sealed class PoisonTests
{
    private const string NotOurs = "the message is not one of ours: a JSON object with format, job, mirror, cause and planned";
    private const string NotBase64 = "the message is not base64, which the host wants";

    [Theory]
    [InlineData("", NotOurs)]
    [InlineData("junk", NotOurs)]
    [InlineData("{}", NotOurs)]
    [InlineData("""{"format":1,"job":"produce","mirror":null,"cause":"plan","planned":"2026-01-01T00:00:00Z"}""", NotOurs)]
    [InlineData("""{"format":2}""", "the message has format 2; this release supports 1: it comes from a newer release")]
    [InlineData("""{"format":1,"job":"sync","mirror":"ce/routy","cause":"plan","planned":"2026-01-01T00:00:00Z"}""",
        "the message asks for Sync, and this is the queue of Produce")]
    [InlineData("""{"format":1,"job":"produce","mirror":"ce/routy","cause":"plan","planned":"2026-01-01T00:00:00Z"}""",
        "ce/routy: a job that failed too often; the log says why")]
    [InlineData("""{"format":1,"job":"produce","mirror":"a\nb\u001b","cause":"plan","planned":"2026-01-01T00:00:00Z"}""",
        "a?b?: a job that failed too often; the log says why")]
    public void A_message_tells_why_it_is_there(string message, string reason) =>
        Assert.Equal(reason, PoisonQueues.ReasonOf(JobKind.Produce, Convert.ToBase64String(Encoding.UTF8.GetBytes(message))));

    [Theory]
    [InlineData("not base64!")]
    [InlineData("{\"format\":1}")]
    public void As_does_one_that_the_host_could_not_read(string text) =>
        Assert.Equal(NotBase64, PoisonQueues.ReasonOf(JobKind.Produce, text));

    [Fact]
    public async Task A_report_is_read_as_it_was_written()
    {
        var state = ObjectStore.OpenDirectory(Scratch.NewFolder("state"), TimeProvider.System);
        var report = new PoisonReport("near", new HandTime().Now,
            [new PoisonedQueue("mirror-sync-poison", 40, [new PoisonReason("\"a\"\n<b>", 31), new PoisonReason("c", 1)])]);
        Assert.Null(await PoisonReport.TryReadAsync(state, "near", CancellationToken.None));

        await report.WriteAsync(state, CancellationToken.None);

        var read = await PoisonReport.TryReadAsync(state, "near", CancellationToken.None);
        Assert.Equal(report.At, read!.At);
        var queue = Assert.Single(read.Queues);
        Assert.Equal(("mirror-sync-poison", 40), (queue.Queue, queue.Count));
        Assert.Equal(report.Queues[0].Reasons, queue.Reasons);
    }

    [Fact]
    public async Task Two_apps_that_share_a_state_leave_each_other_s_report_alone()
    {
        var state = ObjectStore.OpenDirectory(Scratch.NewFolder("state"), TimeProvider.System);
        var now = DateTimeOffset.UtcNow;
        await state.PutAsync("poison.json", "the report of an earlier program"u8.ToArray(), WriteCondition.None, CancellationToken.None);
        foreach (var app in new[] { "far", "near" })
        {
            await new PoisonReport(app, now, [new PoisonedQueue($"mirror-{app}-poison", 1, [])]).WriteAsync(state, CancellationToken.None);
        }
        // Written by an app that is gone, and copied here a moment ago.
        await new PoisonReport("gone", now.AddDays(-2), []).WriteAsync(state, CancellationToken.None);

        var (reports, later) = (
            await PoisonReport.ReadAllAsync(state, now, CancellationToken.None),
            await PoisonReport.ReadAllAsync(state, now.AddDays(2), CancellationToken.None));

        Assert.Equal(
            [("far", "mirror-far-poison"), ("near", "mirror-near-poison")], reports.Select(report => (report.App, report.Queues[0].Queue)));
        Assert.Empty(later);
    }

    [Theory]
    [InlineData("Near", null, null, null, "near")]
    [InlineData(null, "DefaultEndpointsProtocol=https;AccountName=acc1;AccountKey=k=", null, null, "acc1")]
    [InlineData(null, null, "acc2", null, "acc2")]
    [InlineData(null, null, null, "https://acc3.queue.core.windows.net", "acc3")]
    [InlineData("a/../b", null, null, null, "a----b")]
    [InlineData("", "UseDevelopmentStorage=true", null, null, "app")]
    public void An_app_is_called_as_its_site_or_else_as_its_account(
        string? site, string? connection, string? account, string? url, string name)
    {
        var environment = new Dictionary<string, string?>
        {
            ["WEBSITE_SITE_NAME"] = site,
            ["AzureWebJobsStorage"] = connection,
            ["AzureWebJobsStorage__accountName"] = account,
            ["AzureWebJobsStorage__queueServiceUri"] = url,
        };

        Assert.Equal(name, AppName.Of(environment.GetValueOrDefault));
    }

    [Theory]
    [InlineData("")]
    [InlineData("junk")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"at":"yesterday","queues":[]}""")]
    [InlineData("""{"at":"2026-01-01T00:00:00Z","queues":[{"queue":null,"count":1,"reasons":[]}]}""")]
    [InlineData("""{"at":"2026-01-01T00:00:00Z","queues":[{"queue":"a","count":"1","reasons":[]}]}""")]
    public async Task What_is_no_report_is_none(string text)
    {
        var state = ObjectStore.OpenDirectory(Scratch.NewFolder("state"), TimeProvider.System);
        await state.PutAsync(PoisonReport.Key("near"), Encoding.UTF8.GetBytes(text), WriteCondition.None, CancellationToken.None);

        Assert.Null(await PoisonReport.TryReadAsync(state, "near", CancellationToken.None));
    }

    [Fact]
    public async Task What_is_no_job_is_put_back_as_it_was()
    {
        var storage = (await AzuriteServer.SharedAsync()).TakeAccount().ConnectionString;
        var (poison, queue) = (Raw(storage, "mirror-sync-poison"), Raw(storage, "mirror-sync"));
        var queues = new PoisonQueues(new QueueServiceClient(storage), "near");
        Assert.Equal(0, await queues.PutBackAsync(JobKind.Sync, DateTimeOffset.UtcNow, CancellationToken.None));
        await poison.CreateIfNotExistsAsync();
        string[] texts = [.. Enumerable.Range(0, 70).Select(number => $"<{number}>")];
        foreach (var text in texts)
        {
            await poison.SendMessageAsync(text);
        }
        var report = await queues.LookAsync(DateTimeOffset.UtcNow, CancellationToken.None);

        Assert.Equal(70, await queues.PutBackAsync(JobKind.Sync, DateTimeOffset.UtcNow, CancellationToken.None));

        Assert.Equal(("mirror-sync-poison", 70), (Assert.Single(report.Queues).Queue, report.Queues[0].Count));
        Assert.Equal([new PoisonReason(NotBase64, PoisonQueues.PeekCount)], report.Queues[0].Reasons);
        Assert.Empty((await queues.LookAsync(DateTimeOffset.UtcNow, CancellationToken.None)).Queues);
        var moved = new List<string>();
        while ((await queue.ReceiveMessagesAsync(32)).Value is { Length: > 0 } messages)
        {
            moved.AddRange(messages.Select(message => message.MessageText));
        }
        Assert.Equal(texts.Order(), moved.Order());
    }

    [Fact]
    public async Task Junk_becomes_poison_is_reported_and_comes_again_when_it_is_put_back()
    {
        var sides = await PartitionSides.CreateAsync();
        var storage = "";
        await using var near = await ServedApp.StartAsync(sides.Near, "produce", setup =>
        {
            storage = setup.Storage;
            setup.Settings["WEBSITE_SITE_NAME"] = "Near";
            setup.Settings["AzureFunctionsJobHost__extensions__queues__visibilityTimeout"] = "00:00:00";
        });
        var queue = Raw(storage, "mirror-produce");
        await queue.CreateIfNotExistsAsync();
        await queue.SendMessageAsync(Convert.ToBase64String("junk"u8));
        await queue.SendMessageAsync("not base64!");
        await near.WaitUntilIdleAsync();

        Assert.Equal(CallOutcome.Succeeded, (await near.FireTimerAsync("Poison")).Outcome);

        var line = Assert.Single(
            near.Logs, line => line.Source == "stderr" && line.Text.Contains("mirror-produce-poison", StringComparison.Ordinal));
        Assert.Equal(LogSeverity.Warning, line.Severity);
        Assert.StartsWith("warning: 2 messages in mirror-produce-poison: ", line.Text, StringComparison.Ordinal);
        var state = ObjectStore.OpenDirectory(sides.Near.PathOf("state"), TimeProvider.System);
        var report = Assert.Single((await PoisonReport.TryReadAsync(state, "near", CancellationToken.None))!.Queues);
        Assert.Equal([new PoisonReason(NotBase64, 1), new PoisonReason(NotOurs, 1)], report.Reasons.OrderBy(reason => reason.Text.Length));
        Assert.All(report.Reasons, reason => Assert.Contains($"1 × {reason.Text}", line.Text, StringComparison.Ordinal));

        var queues = new PoisonQueues(new QueueServiceClient(storage), "near");
        Assert.Equal(2, await queues.PutBackAsync(JobKind.Produce, DateTimeOffset.UtcNow, CancellationToken.None));
        await near.WaitUntilIdleAsync();

        Assert.Equal(10, near.Calls.Count(call => call.Function == "Produce"));
        Assert.Equal(2, (await Raw(storage, "mirror-produce-poison").GetPropertiesAsync()).Value.ApproximateMessagesCount);
        Assert.Empty(near.Violations);
    }

    [Fact]
    public async Task A_job_that_is_put_back_after_days_is_done()
    {
        var sides = await PartitionSides.CreateAsync();
        var storage = "";
        await using var near = await ServedApp.StartAsync(sides.Near, "produce", setup => storage = setup.Storage);
        var poison = Raw(storage, "mirror-produce-poison");
        await poison.CreateIfNotExistsAsync();
        var message = new JobMessage(JobKind.Produce, PartitionSides.Name, "test", DateTimeOffset.UtcNow.AddDays(-6));
        await poison.SendMessageAsync(Convert.ToBase64String(Encoding.UTF8.GetBytes(message.ToText())));

        var queues = new PoisonQueues(new QueueServiceClient(storage), "near");
        Assert.Equal(1, await queues.PutBackAsync(JobKind.Produce, DateTimeOffset.UtcNow, CancellationToken.None));
        await near.WaitUntilIdleAsync();

        Assert.Single(sides.Bundles);
        Assert.Equal(0, (await poison.GetPropertiesAsync()).Value.ApproximateMessagesCount);
    }

    [Fact]
    public async Task Without_a_state_there_is_the_log()
    {
        var side = new MirrorProgram();
        await side.WriteAsync("mirror.yaml", "mirrors: [{ source: https://a.example.com/a, destination: https://b.example.com/a }]\n");
        var storage = "";
        await using var app = await ServedApp.StartAsync(side, "sync", setup => storage = setup.Storage);
        var poison = Raw(storage, "mirror-sync-poison");
        await poison.CreateIfNotExistsAsync();
        await poison.SendMessageAsync("x");

        Assert.Equal(CallOutcome.Succeeded, (await app.FireTimerAsync("Poison")).Outcome);

        Assert.Contains(app.Logs, line => line.Text == $"warning: 1 messages in mirror-sync-poison: 1 × {NotBase64}");
        Assert.Empty(app.Violations);
    }

    private static QueueClient Raw(string storage, string name) => new(storage, name);
}
