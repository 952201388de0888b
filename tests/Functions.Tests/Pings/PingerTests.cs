using System.Text;
using Mirror.Functions.Pings;
using Mirror.Git;
using Mirror.Mirroring;
using Mirror.Tests.Servers;

namespace Mirror.Functions.Tests.Pings;

/// <summary>What is told of an outcome, to whom, and what becomes of it when nobody listens.</summary>
public sealed class PingerTests : IDisposable
{
    private const string Token = "2f1c9a40-77aa-4c39-9d0b-1f6f4d3e2b10";

    private readonly HttpAccess _http = new(authorities: null);
    private readonly SecretReader _secrets = new(name =>
        name == "PING" ? $"http://127.0.0.1:1/{Token}" : name == "JUNK" ? "hunter2hunter2" : null);

    public void Dispose() => _http.Dispose();

    [Theory]
    [InlineData(OutcomeKind.Updated, true, null, "")]
    [InlineData(OutcomeKind.Unchanged, true, null, "")]
    [InlineData(OutcomeKind.Unchanged, false, null, null)]
    [InlineData(OutcomeKind.Updated, false, null, null)]
    [InlineData(OutcomeKind.Failed, false, "not-found", "/fail")]
    [InlineData(OutcomeKind.Held, false, "mass-delete", "/fail")]
    [InlineData(OutcomeKind.Held, false, "busy", null)]
    public async Task Proof_is_told_and_failure_and_else_nothing(OutcomeKind kind, bool isProven, string? reason, string? suffix)
    {
        await using var server = new FakeServer(FakeAnswer.Ok("text/plain", "OK"u8.ToArray()));
        var outcome = new MirrorOutcome("ce/routy", kind)
        { IsProven = isProven, Error = reason is null ? null : new MirrorError(Reason.Named(reason), "words") };

        var told = await TellAsync($"{server.Url}/{Token}/{{mirror}}/?a=b", outcome);

        Assert.Empty(told.Warnings);
        Assert.Equal(suffix is null ? [] : [$"POST /{Token}/ce%2Frouty{(suffix.Length == 0 ? "/" : suffix)}?a=b"],
            server.Requests.Select(request => request.ToString()));
    }

    [Fact]
    public async Task The_body_is_one_line_without_secrets_and_not_long()
    {
        await using var server = new FakeServer(FakeAnswer.Ok("text/plain", []));
        _secrets.Register("hunter2hunter2");

        await TellAsync(server.Url, Failed("it said hunter2hunter2\nand\u001b more"));
        await TellAsync(server.Url, Failed(new string('\u00fc', 20_000)));

        Assert.Equal("ce/routy: failed: refused: it said *** | and more", Encoding.UTF8.GetString(server.Requests[0].Body));
        Assert.Equal("text/plain; charset=utf-8", server.Requests[0].Headers["Content-Type"]);
        Assert.InRange(server.Requests[1].Body.Length, 9_900, 10_000);
        Assert.EndsWith("ü…", Encoding.UTF8.GetString(server.Requests[1].Body), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(500, 2)]
    [InlineData(429, 2)]
    [InlineData(404, 1)]
    public async Task What_may_pass_is_tried_once_more(int status, int count)
    {
        await using var server = new FakeServer(FakeAnswer.Status(status));

        var told = await TellAsync($"{server.Url}/{Token}", Proven());

        Assert.Equal(count, server.Requests.Count);
        Assert.Equal($"ping_url: 127.0.0.1 answered {status}: this run was not reported there", Assert.Single(told.Warnings));
        Assert.Equal(OutcomeKind.Updated, told.Kind);
    }

    [Fact]
    public async Task The_second_try_may_do_it()
    {
        await using var server = new FakeServer(FakeAnswer.InTurn(FakeAnswer.HangUp(), FakeAnswer.Ok("text/plain", [])));

        var told = await TellAsync($"{server.Url}/{Token}", Proven());

        Assert.Empty(told.Warnings);
        Assert.Equal(2, server.Requests.Count);
    }

    [Fact]
    public async Task A_redirect_is_not_followed_and_its_goal_not_shown()
    {
        await using var other = new FakeServer(FakeAnswer.Ok("text/plain", []));
        await using var server = new FakeServer(FakeAnswer.Status(302, $"Location: {other.Url}/{Token}"));

        var warning = Assert.Single((await TellAsync($"{server.Url}/{Token}", Proven())).Warnings);

        Assert.Empty(other.Requests);
        Assert.StartsWith("ping_url: 127.0.0.1 answered 302, and no redirect is followed", warning, StringComparison.Ordinal);
        Assert.DoesNotContain(Token, warning, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_listener_that_says_nothing_is_not_waited_for()
    {
        await using var server = new FakeServer(FakeAnswer.Stall());

        var told = await TellAsync($"{server.Url}/{Token}", Proven(), new HastyTime());

        Assert.Equal("ping_url: no answer: this run was not reported there", Assert.Single(told.Warnings));
    }

    [Fact]
    public async Task After_a_silence_the_next_mirror_tries_once_and_briefly()
    {
        await using var server = new FakeServer(FakeAnswer.Stall());
        var time = new HastyTime();
        var pinger = new Pinger(Settings(time), _secrets);
        await pinger.TellAsync(JobOf($"{server.Url}/{Token}"), Proven(), CancellationToken.None);
        var before = time.TryCount;

        var told = await pinger.TellAsync(JobOf($"{server.Url}/{Token}/other"), Proven(), CancellationToken.None);

        Assert.Equal((2, 3), (before, time.TryCount));
        Assert.Equal("ping_url: no answer: this run was not reported there", Assert.Single(told.Warnings));
    }

    [Theory]
    [InlineData("env:PING", "Connection refused (127.0.0.1:1)")]
    [InlineData("env:MISSING", "env:MISSING: the variable is not set")]
    [InlineData("env:JUNK",
        "env:JUNK: must be an https or http URL, none, or where one is kept: env:NAME, file:PATH or keyvault:https://VAULT/secrets/NAME")]
    public async Task A_url_that_is_kept_elsewhere_is_read_there_and_never_shown(string reference, string words)
    {
        var told = await TellAsync(reference, Proven());

        Assert.Equal($"ping_url: {words}: this run was not reported there", Assert.Single(told.Warnings));
        Assert.Equal(reference == "env:PING" ? "***" : Token, _secrets.Redact(Token));
    }

    [Fact]
    public async Task Whoever_interrupts_waits_for_nobody()
    {
        await using var server = new FakeServer(FakeAnswer.Stall());
        using var interrupt = new CancellationTokenSource();
        var telling = new Pinger(Settings(TimeProvider.System), _secrets)
            .TellAsync(JobOf($"{server.Url}/{Token}"), Proven(), interrupt.Token);

        await interrupt.CancelAsync();

        Assert.Equal("ping_url: interrupted: this run was not reported there", Assert.Single((await telling).Warnings));
    }

    private static MirrorOutcome Proven() => new("ce/routy", OutcomeKind.Updated) { IsProven = true };

    private static MirrorOutcome Failed(string message) =>
        new("ce/routy", OutcomeKind.Failed) { Error = new MirrorError(Reason.Refused, message) };

    private Task<MirrorOutcome> TellAsync(string url, MirrorOutcome outcome, TimeProvider? time = null) =>
        new Pinger(Settings(time ?? TimeProvider.System), _secrets).TellAsync(JobOf(url), outcome, CancellationToken.None);

    private RemoteSettings Settings(TimeProvider time) => new() { Http = _http, Time = time };

    private static MirrorJob JobOf(string url) =>
        new("ce/routy", [], (_, _) => throw new InvalidOperationException("it has run already")) { Ping = Url(url) };

    private static PingUrl Url(string text) => ConfigurationFile.Parse(
        Encoding.UTF8.GetBytes($"mirrors: []\ndefaults: {{ ping_url: \"{text}\" }}"), "mirror.yaml", "/", environment: null).Defaults.Ping!;

    /// <summary>A clock whose delays are over at once.</summary>
    private sealed class HastyTime : TimeProvider
    {
        /// <summary>Each has a limit of ten seconds.</summary>
        public int TryCount { get; private set; }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            TryCount += dueTime == TimeSpan.FromSeconds(10) ? 1 : 0;
            return System.CreateTimer(callback, state, dueTime > TimeSpan.Zero ? TimeSpan.FromMilliseconds(1) : dueTime, period);
        }
    }
}
