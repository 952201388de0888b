using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Azure.Storage.Queues;
using Mirror.Functions.Jobs;
using Mirror.Tests.FunctionsHost;

namespace Mirror.Functions.Tests.Serving;

/// <summary>From a forge's request to a job, under the host.</summary>
public sealed class WebhookAppTests
{
    private const string Secret = "a secret of some length";

    [Fact]
    public async Task A_signed_push_is_a_message_for_each_role_and_an_unsigned_one_is_none()
    {
        var side = new MirrorProgram();
        await side.WriteAsync("mirror.yaml", """
            mirrors:
              - { name: ce/routy, source: "git@github.com:ce/routy.git", destination: https://far.example.com/ce/routy.git }
              - { name: ce/other, source: "git@github.com:ce/other.git", destination: https://far.example.com/ce/other.git }
            """);
        var storage = "";
        await using var app = await ServedApp.StartAsync(side, "produce", setup =>
        {
            storage = setup.Storage;
            Configure(setup);
            setup.Settings["MIRROR_ROLES"] = "produce,sync";
            setup.Settings["AzureWebJobs.Produce.Disabled"] = "true";
        });
        using var client = new HttpClient();

        var (status, text) = await SendAsync(
            client, app, "github", ForgeEvents.GitHubPush, ("X-Hub-Signature-256", $"sha256={Hmac(ForgeEvents.GitHubPush)}"));

        Assert.Equal((HttpStatusCode.OK, """{"planned":["ce/routy"]}"""), (status, text));
        Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync(client, app, "github", ForgeEvents.GitHubPush)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(client, app, "other", ForgeEvents.GitHubPush)).Status);
        foreach (var job in new[] { JobKind.Produce, JobKind.Sync })
        {
            var queue = new QueueClient(
                storage, JobQueues.NameOf(job), new QueueClientOptions { MessageEncoding = QueueMessageEncoding.Base64 });
            var message = JobMessage.Parse(Assert.Single((await queue.PeekMessagesAsync(32)).Value).Body.ToMemory());
            Assert.Equal((job, "ce/routy", "webhook"), (message.Job, message.Mirror, message.Cause));
        }
        Assert.DoesNotContain(app.Logs, line => line.Text.Contains("refs/heads/main", StringComparison.Ordinal)
            || line.Text.Contains(Secret, StringComparison.Ordinal));
        Assert.Empty(app.Violations);
    }

    [Fact]
    public async Task A_script_s_request_brings_its_repository_into_the_bucket()
    {
        var sides = await PartitionSides.CreateAsync();
        await using var near = await ServedApp.StartAsync(sides.Near, "produce", Configure);
        using var client = new HttpClient();
        var body = $$"""{"repository":"{{sides.Source.Path}}"}""";
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var signature = ("X-Mirror-Signature", $"t={now},sha256={Hmac($"{now}.{body}")}");

        Assert.Equal((HttpStatusCode.OK, $$"""{"planned":["{{PartitionSides.Name}}"]}"""),
            await SendAsync(client, near, "generic", body, signature));
        Assert.Equal((HttpStatusCode.OK, "already"), await SendAsync(client, near, "generic", body, signature));
        await near.WaitUntilIdleAsync();

        Assert.Single(sides.Bundles);
        Assert.Single(near.Calls, call => call.Function == "Produce");
        Assert.Empty(near.Violations);
    }

    [Fact]
    public async Task Without_a_secret_webhooks_are_unavailable_and_the_rest_is_not()
    {
        var sides = await PartitionSides.CreateAsync();
        await using var near = await ServedApp.StartAsync(sides.Near, "produce", setup => setup.Settings.Remove("MIRROR_WEBHOOK_SECRET"));
        using var client = new HttpClient();

        var (status, text) = await SendAsync(client, near, "gitlab", ForgeEvents.GitLabPush, ("X-Gitlab-Token", Secret));
        await near.FireTimerAsync("Plan");
        await near.WaitUntilIdleAsync();

        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Equal("webhooks are not set up here; the log says why", text);
        var line = Assert.Single(near.Logs,
            line => line.Text.StartsWith("warning: webhook GitLab: MIRROR_WEBHOOK_SECRET is not set: ", StringComparison.Ordinal));
        Assert.Equal(LogSeverity.Warning, line.Severity);
        Assert.Single(sides.Bundles);
    }

    private static void Configure(HostSetup setup)
    {
        setup.Settings["MIRROR_WEBHOOK_SECRET"] = "env:HOOK_SECRET";
        setup.Settings["HOOK_SECRET"] = Secret;
    }

    private static string Hmac(string text) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), Encoding.UTF8.GetBytes(text)));

    private static async Task<(HttpStatusCode Status, string Text)> SendAsync(
        HttpClient client, FunctionsHost app, string provider, string body, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(app.Http, $"/api/webhook/{provider}"))
        { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }
        using var answer = await client.SendAsync(request);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }
}
