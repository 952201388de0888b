using System.Text;
using Azure.Storage.Queues;
using Mirror.Functions.Jobs;
using Mirror.Functions.Serving;
using Mirror.Functions.Webhook;

namespace Mirror.Functions.Tests.Serving;

/// <summary>The host takes each line for an entry of its log, so whoever chooses a name must not choose lines.</summary>
public sealed class HostLogTests
{
    [Theory]
    [InlineData("one line", "one line")]
    [InlineData("System.Exception: a\r\n   at B()\n   at C()\n", "System.Exception: a | at B() | at C()")]
    [InlineData("a\rb\u0085c\u2028d\u2029e\vf\fg", "a | b | c | d | e | f | g")]
    [InlineData("a\u001b[31mb\0c\u009bd", "a[31mbcd")]
    [InlineData("azfuncjsonlog:{}", "> azfuncjsonlog:{}")]
    [InlineData("\n\u0001LANGUAGEWORKERCONSOLELOGx", "> LANGUAGEWORKERCONSOLELOGx")]
    [InlineData("", "")]
    public void A_text_is_one_line_and_not_one_of_the_hosts_own(string text, string line) =>
        Assert.Equal(line, HostLog.Line(text, redacted => redacted));

    [Fact]
    public void A_warning_of_webhooks_is_told_once_a_minute_with_how_many_were_left_out()
    {
        var (time, said, warned) = (new HandTime(), new List<string>(), new List<string>());
        var log = new WebhookLog(new HostLog(said.Add, warned.Add), time);
        for (var i = 0; i < 50; i++)
        {
            log.Warn(Forge.GitHub, "refused");
        }
        time.Now += WebhookLog.Pause;
        log.Warn(Forge.GitLab, "refused");
        time.Now += WebhookLog.Pause;
        log.Warn(Forge.GitLab, "refused");
        log.Say(Forge.GitHub, "planned");

        string[] expected =
        [
            "warning: webhook GitHub: refused",
            "warning: webhook GitLab: refused (and 49 before it, since the last that was told)",
            "warning: webhook GitLab: refused",
        ];
        Assert.Equal(expected, warned);
        Assert.Equal(["webhook GitHub: planned"], said);
    }

    [Fact]
    public void Requests_that_are_refused_do_not_hide_what_is_wrong_with_us()
    {
        var warned = new List<string>();
        var log = new WebhookLog(new HostLog(_ => { }, warned.Add), new HandTime());
        log.Refuse(Forge.GitHub, "the request is not signed");
        log.Warn(Forge.GitHub, "the vault is closed");

        Assert.Equal(
            ["warning: webhook GitHub: refused: the request is not signed", "warning: webhook GitHub: the vault is closed"], warned);
    }

    [Fact]
    public async Task A_message_of_a_queue_writes_no_lines_of_its_own()
    {
        var sides = await PartitionSides.CreateAsync();
        var storage = "";
        await using var app = await ServedApp.StartAsync(sides.Near, "produce", setup =>
        {
            storage = setup.Storage;
            setup.Settings["AzureFunctionsJobHost__extensions__queues__maxDequeueCount"] = "1";
        });
        var queue = new QueueClient(storage, JobQueues.NameOf(JobKind.Produce));
        await queue.CreateIfNotExistsAsync();
        var forgeries = new[]
        {
            ("x\nforged: 1", DateTimeOffset.UtcNow),
            ("azfuncjsonlog:x\r\nforged: 2", DateTimeOffset.UtcNow.AddDays(-2)),
        };
        foreach (var (mirror, planned) in forgeries)
        {
            var message = new JobMessage(JobKind.Produce, mirror, "test", planned);
            await queue.SendMessageAsync(Convert.ToBase64String(Encoding.UTF8.GetBytes(message.ToText())));
        }

        await app.WaitUntilIdleAsync();

        Assert.Equal(2, app.Logs.Count(line => line.Text.Contains(" | forged: ", StringComparison.Ordinal)));
        Assert.DoesNotContain(app.Logs, line => line.Text.StartsWith("forged", StringComparison.Ordinal));
        Assert.Empty(app.Violations);
    }
}
