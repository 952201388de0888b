using System.IO.Pipelines;
using System.Security.Cryptography;
using System.Text;
using Azure.Storage.Queues;
using Microsoft.AspNetCore.Http;
using Mirror.Functions.Jobs;
using Mirror.Functions.Serving;
using Mirror.Functions.Webhook;
using Mirror.Tests.Servers;
using Mirror.Mirroring;

namespace Mirror.Functions.Tests.Serving;

/// <summary>What each request is answered.</summary>
public sealed class WebhookFunctionTests
{
    private const string Secret = "a secret of some length";

    private readonly HandTime _time = new();
    private readonly List<string> _log = [];
    private readonly List<string> _warnings = [];
    private readonly string _folder = Scratch.NewFolder("webhook");
    private string? _reference = "file:secret";
    private string _roles = "produce";

    public WebhookFunctionTests()
    {
        File.WriteAllText(Path.Combine(_folder, "secret"), $"{Secret}\n");
        File.WriteAllText(Path.Combine(_folder, "mirror.yaml"),
            "mirrors: [{ source: https://github.com/ce/routy.git, destination: https://far.example.com/ce/routy.git }]\n");
    }

    [Theory]
    [InlineData("unknown", 404)]
    [InlineData("github/more", 404)]
    [InlineData("", 404)]
    [InlineData("github", 401)]
    [InlineData("GitHub", 401)]
    [InlineData("gitlab", 401)]
    [InlineData("generic", 401)]
    public async Task Unsigned_requests_are_refused(string route, int status) =>
        Assert.Equal(status, (await SendAsync(Function(), route, ForgeEvents.GitHubPush)).Status);

    [Theory]
    [InlineData("github", "X-Hub-Signature-256", "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17")]
    [InlineData("gitlab", "X-Gitlab-Token", "another secret")]
    [InlineData("generic", "X-Mirror-Signature", "t=1767323045,sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17")]
    // Another forge's proof, with the right secret, is none.
    [InlineData("github", "X-Gitlab-Token", Secret)]
    public async Task So_are_wrongly_signed_ones_and_the_log_says_nothing_of_them(string route, string header, string value)
    {
        Assert.Equal(401, (await SendAsync(Function(), route, ForgeEvents.GitHubPush, (header, value))).Status);

        Assert.Empty(_log);
        var line = Assert.Single(_warnings);
        Assert.Contains("refused: ", line, StringComparison.Ordinal);
        Assert.DoesNotContain("routy", line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "MIRROR_WEBHOOK_SECRET is not set: ")]
    [InlineData("the secret itself", "MIRROR_WEBHOOK_SECRET: a secret is not written here")]
    [InlineData("file:none", "")]
    public async Task Without_a_secret_nothing_is_taken_and_only_the_log_says_why(string? reference, string reason)
    {
        _reference = reference;

        var (status, text) = await SendAsync(Function(), "gitlab", ForgeEvents.GitLabPush, ("X-Gitlab-Token", Secret));

        Assert.Equal((503, "webhooks are not set up here; the log says why"), (status, text));
        Assert.StartsWith($"warning: webhook GitLab: {reason}", Assert.Single(_warnings), StringComparison.Ordinal);
        Assert.DoesNotContain("the secret itself", _warnings[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_has_not_signed_does_not_make_the_app_look_at_its_configuration()
    {
        File.Delete(Path.Combine(_folder, "mirror.yaml"));

        Assert.Equal(401, (await SendAsync(Function(), "gitlab", ForgeEvents.GitLabPush, ("X-Gitlab-Token", "another secret"))).Status);
        await Assert.ThrowsAsync<UsageException>(() => SendAsync(Function(), "gitlab", ForgeEvents.GitLabPush, ("X-Gitlab-Token", Secret)));
    }

    [Fact]
    public async Task A_body_that_does_not_come_is_not_waited_for()
    {
        var (time, pipe) = (new HandTimers(), new Pipe());
        var context = new DefaultHttpContext { Request = { Method = "POST", Path = "/api/webhook/gitlab", Body = pipe.Reader.AsStream() } };
        context.Request.Headers["X-Gitlab-Token"] = Secret;
        await pipe.Writer.WriteAsync("{"u8.ToArray());

        var answering = Function(time).AnswerAsync(context, CancellationToken.None);
        time.Advance(WebhookBody.MaxTime);
        await answering;

        Assert.Equal(408, context.Response.StatusCode);
    }

    [Theory]
    [InlineData(WebhookBody.MaxSize, false, 400)]
    [InlineData(WebhookBody.MaxSize, true, 400)]
    [InlineData(WebhookBody.MaxSize + 1, false, 413)]
    [InlineData(WebhookBody.MaxSize + 1, true, 413)]
    public async Task A_body_has_a_limit_whether_it_says_its_size_or_not(int size, bool isSized, int status) =>
        Assert.Equal(status, (await SendAsync(Function(), "gitlab", new string('x', size), isSized, ("X-Gitlab-Token", Secret))).Status);

    [Theory]
    [InlineData("payload=%7B%7D")]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    public async Task What_is_signed_and_no_event_is_a_bad_request(string body)
    {
        Assert.Equal(400, (await SendSignedAsync(Function(), body)).Status);
        Assert.Equal(400, (await SendAsync(Function(), "gitlab", body, ("X-Gitlab-Token", Secret))).Status);
        Assert.Equal(400, (await SendGenericAsync(Function(), body, _time.Now)).Status);
        Assert.Empty(_log);
        Assert.Empty(_warnings);
    }

    [Fact]
    public async Task A_ping_is_answered_if_it_is_signed()
    {
        Assert.Equal((200, "pong"), await SendSignedAsync(Function(), ForgeEvents.GitHubPing, ("X-GitHub-Event", "ping")));
        Assert.Equal(401, (await SendAsync(Function(), "github", ForgeEvents.GitHubPing, ("X-GitHub-Event", "ping"))).Status);
    }

    [Fact]
    public async Task A_repository_of_no_mirror_is_no_error_for_then_forges_switch_webhooks_off()
    {
        var body = ForgeEvents.GitHubPush.Replace("ce/routy", "ce/none", StringComparison.Ordinal);

        Assert.Equal((200, """{"planned":[],"reason":"no mirror here has this repository as its source"}"""),
            await SendSignedAsync(Function(), body));
    }

    [Fact]
    public async Task Nor_is_an_app_that_only_consumes()
    {
        _roles = "consume";

        Assert.Equal(
            (200, """{"planned":[],"reason":"this app looks at no sources"}"""), await SendSignedAsync(Function(), ForgeEvents.GitHubPush));
    }

    [Theory]
    [InlineData(-301, 401)]
    [InlineData(-300, 200)]
    [InlineData(0, 200)]
    [InlineData(300, 200)]
    [InlineData(301, 401)]
    public async Task A_generic_signature_holds_for_five_minutes(int seconds, int status) =>
        Assert.Equal(status,
            (await SendGenericAsync(Function(), """{"repository":"https://none.example.com/a"}""", _time.Now.AddSeconds(seconds))).Status);

    [Fact]
    public async Task Time_and_signature_belong_together()
    {
        var signature = Generic("{}", _time.Now.AddHours(-1)).Value.Split(',')[1];

        var header = ("X-Mirror-Signature", $"t={_time.Now.ToUnixTimeSeconds()},{signature}");
        Assert.Equal(401, (await SendAsync(Function(), "generic", "{}", header)).Status);
    }

    [Fact]
    public async Task A_delivery_sent_again_is_taken_once()
    {
        var function = Function(_time, await QueuesAsync());
        const string Body = """{"repository":"https://github.com/ce/routy"}""";
        const string Pushed = """{"project":{"git_http_url":"https://github.com/ce/routy.git"}}""";

        Assert.NotEqual("already", (await SendSignedAsync(function, ForgeEvents.GitHubPush, ("X-GitHub-Delivery", "1"))).Text);
        Assert.Equal("already", (await SendSignedAsync(function, ForgeEvents.GitHubPush, ("X-GitHub-Delivery", "1"))).Text);
        Assert.Equal("already", (await SendSignedAsync(function, ForgeEvents.GitHubPush, ("X-GitHub-Delivery", "2"))).Text);
        Assert.Equal("already", (await SendSignedAsync(function, ForgeEvents.GitHubPush)).Text);
        Assert.NotEqual("already", (await SendSignedAsync(function, $"{ForgeEvents.GitHubPush} ")).Text);
        Assert.NotEqual("already", (await SendAsync(function, "gitlab", Pushed, ("X-Gitlab-Token", Secret))).Text);
        Assert.Equal((200, "already"), await SendAsync(function, "gitlab", Pushed, ("X-Gitlab-Token", Secret)));
        // GitLab says the same of a branch that goes forth, back and forth again.
        Assert.NotEqual(
            "already", (await SendAsync(function, "gitlab", Pushed, ("X-Gitlab-Event-UUID", "2"), ("X-Gitlab-Token", Secret))).Text);
        Assert.Equal(
            "already", (await SendAsync(function, "gitlab", Pushed, ("X-Gitlab-Event-UUID", "2"), ("X-Gitlab-Token", Secret))).Text);
        Assert.NotEqual("already", (await SendGenericAsync(function, Body, _time.Now)).Text);
        Assert.Equal("already", (await SendGenericAsync(function, Body, _time.Now)).Text);
        Assert.NotEqual("already", (await SendGenericAsync(function, Body, _time.Now.AddSeconds(1))).Text);
        _time.Now += TimeSpan.FromHours(1);
        Assert.NotEqual("already", (await SendSignedAsync(function, ForgeEvents.GitHubPush)).Text);
    }

    /// <summary>Somebody adds the mirror, and has the forge send it again.</summary>
    [Fact]
    public async Task A_delivery_of_which_nothing_was_planned_is_not_already_done()
    {
        var function = Function();
        const string Body = """{"repository":"https://none.example.com/a"}""";

        for (var attempt = 0; attempt < 2; attempt++)
        {
            Assert.Contains(
                "no mirror here has this repository", (await SendGenericAsync(function, Body, _time.Now)).Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task What_could_not_be_planned_is_not_already_planned_when_it_comes_again()
    {
        var function = Function();

        for (var attempt = 0; attempt < 2; attempt++)
        {
            await Assert.ThrowsAsync<InvalidOperationException>(
                () => SendSignedAsync(function, ForgeEvents.GitHubPush, ("X-GitHub-Delivery", "1")));
        }
    }

    [Fact]
    public async Task A_secret_that_was_changed_is_the_one_that_counts()
    {
        var function = Function();
        await File.WriteAllTextAsync(Path.Combine(_folder, "secret"), "another one");

        Assert.Equal(401, (await SendSignedAsync(function, ForgeEvents.GitHubPing, ("X-GitHub-Event", "ping"))).Status);
        await File.WriteAllTextAsync(Path.Combine(_folder, "secret"), Secret);
        Assert.Equal(200, (await SendSignedAsync(function, ForgeEvents.GitHubPing, ("X-GitHub-Event", "ping"))).Status);
    }

    private static async Task<JobQueues> QueuesAsync() =>
        new(new QueueServiceClient((await AzuriteServer.SharedAsync()).TakeAccount().ConnectionString), TimeProvider.System);

    private WebhookFunction Function() => Function(_time);

    private WebhookFunction Function(TimeProvider time, JobQueues? queues = null)
    {
        var environment = new Dictionary<string, string?>
        {
            ["FUNCTIONS_CUSTOMHANDLER_PORT"] = "1",
            ["MIRROR_ROLES"] = _roles,
            ["MIRROR_WEBHOOK_SECRET"] = _reference,
        };
        var settings = Settings.Read(environment.GetValueOrDefault, _folder, new SecretReader(_ => null));
        return new WebhookFunction(
            new LiveComposition(settings.Configuration, new SecretReader(_ => null), time, _warnings.Add),
            () => queues ?? throw new InvalidOperationException("no queue"), settings, time,
            new WebhookLog(new HostLog(_log.Add, _warnings.Add), time));
    }

    private static Task<(int Status, string Text)> SendSignedAsync(
        WebhookFunction function, string body, params (string Name, string Value)[] headers) =>
        SendAsync(function, "github", body, [.. headers, ("X-Hub-Signature-256", $"sha256={Hmac(body)}")]);

    private static Task<(int Status, string Text)> SendGenericAsync(WebhookFunction function, string body, DateTimeOffset signed) =>
        SendAsync(function, "generic", body, Generic(body, signed));

    private static (string Name, string Value) Generic(string body, DateTimeOffset signed) =>
        ("X-Mirror-Signature", $"t={signed.ToUnixTimeSeconds()},sha256={Hmac($"{signed.ToUnixTimeSeconds()}.{body}")}");

    private static string Hmac(string text) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), Encoding.UTF8.GetBytes(text)));

    private static Task<(int Status, string Text)> SendAsync(
        WebhookFunction function, string route, string body, params (string Name, string Value)[] headers) =>
        SendAsync(function, route, body, isSized: true, headers);

    private static async Task<(int Status, string Text)> SendAsync(
        WebhookFunction function, string route, string body, bool isSized, params (string Name, string Value)[] headers)
    {
        var content = Encoding.UTF8.GetBytes(body);
        var context = new DefaultHttpContext
        {
            Request =
            {
                Method = "POST",
                Path = $"/api/webhook/{route}",
                Body = content.Length < 10_000 ? new StingyStream(content) : new MemoryStream(content),
            },
        };
        context.Request.ContentLength = isSized ? content.Length : null;
        foreach (var (name, value) in headers)
        {
            context.Request.Headers[name] = value;
        }
        using var answer = new MemoryStream();
        context.Response.Body = answer;
        await function.AnswerAsync(context, CancellationToken.None);
        return (context.Response.StatusCode, Encoding.UTF8.GetString(answer.ToArray()));
    }
}
