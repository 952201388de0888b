using System.Text;
using Mirror.Functions.Configurations;
using Mirror.Functions.Serving;
using Mirror.Functions.Status;
using Mirror.Mirroring;
using Mirror.Tests.Servers;

namespace Mirror.Functions.Tests.Serving;

/// <summary>What is shown while stores are silent, and what is said of settings that no mirror's record tells of.</summary>
public sealed class StatusReaderTests
{
    private readonly HandTimers _time = new();
    private readonly Place _place = new();
    private readonly Dictionary<string, string?> _environment = new()
    {
        ["FUNCTIONS_CUSTOMHANDLER_PORT"] = "1",
        ["MIRROR_ROLES"] = "sync",
        ["AzureWebJobsStorage"] = "UseDevelopmentStorage=true",
        ["MIRROR_WEBHOOK_SECRET"] = "env:NAME",
    };

    [Fact]
    public async Task What_was_seen_before_is_shown_with_its_time_while_the_store_is_silent()
    {
        var reader = Reader();
        var before = await reader.ReadAsync(CancellationToken.None);
        _time.Advance(TimeSpan.FromMinutes(2));
        _place.Hang();

        var reading = reader.ReadAsync(CancellationToken.None);
        _time.Advance(TimeSpan.FromSeconds(5));
        var view = await reading;

        Assert.Null(before.Problem);
        Assert.Equal((before.At, "the store has not answered since 2026-01-02T03:04:05Z, of which time this is"), (view.At, view.Problem));
        Assert.Equal("ce/routy", Assert.Single(view.Mirrors).Name);
    }

    [Fact]
    public async Task Where_nothing_was_seen_yet_the_page_comes_empty()
    {
        _place.Hang();

        var reading = Reader().ReadAsync(CancellationToken.None);
        _time.Advance(TimeSpan.FromSeconds(29));
        Assert.False(reading.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(1));
        var view = await reading;

        Assert.Empty(view.Mirrors);
        Assert.Equal("the store, or where the configuration is, has not answered yet, so nothing is known", view.Problem);
    }

    [Fact]
    public async Task A_look_that_was_given_up_is_said_and_followed_by_another()
    {
        var reader = Reader();
        await reader.ReadAsync(CancellationToken.None);
        _time.Advance(TimeSpan.FromMinutes(2));
        _place.Hang();
        var first = reader.ReadAsync(CancellationToken.None);
        await _place.Asked;
        _time.Advance(TimeSpan.FromMinutes(5));
        var silent = await first;
        _place.Answer();

        // The next look begins when the last one is given up, which is told by nothing but a page.
        var view = silent;
        for (var i = 0; i < 1000 && view.Problem is not null; i++)
        {
            view = await reader.ReadAsync(CancellationToken.None);
            await Task.Yield();
        }

        Assert.StartsWith("the store has not answered since ", silent.Problem, StringComparison.Ordinal);
        Assert.Null(view.Problem);
    }

    [Theory]
    [InlineData("sync", "MIRROR_WEBHOOK_SECRET", null, "MIRROR_WEBHOOK_SECRET is not set: ")]
    [InlineData("produce", "MIRROR_WEBHOOK_SECRET", "a secret", "MIRROR_WEBHOOK_SECRET: a secret is not written here")]
    [InlineData("produce", "MIRROR_HINT_QUEUE", "http://far.example/mirror-consume", "MIRROR_HINT_QUEUE must be https://")]
    [InlineData("produce", "MIRROR_HINT_QUEUE", "nonsense", "MIRROR_HINT_QUEUE: ")]
    [InlineData("sync", "AzureWebJobsStorage", null, "AzureWebJobsStorage is not set: ")]
    [InlineData("consume", "AzureWebJobsStorage", "nonsense", "AzureWebJobsStorage: ")]
    public async Task A_setting_that_is_missing_or_wrong_is_on_the_page_in_json_and_in_the_metrics(
        string roles, string setting, string? value, string problem)
    {
        (_environment["MIRROR_ROLES"], _environment[setting]) = (roles, value);
        _place.Text = Whole;

        var view = await Reader().ReadAsync(CancellationToken.None);

        Assert.StartsWith(problem, view.Problem, StringComparison.Ordinal);
        Assert.Contains($"\"problem\":\"{problem}", StatusDocument.Of(view, StatusFilter.All), StringComparison.Ordinal);
        Assert.Contains("mirror_status_complete 0\n", MetricsText.Of(view), StringComparison.Ordinal);
        Assert.Single(view.Mirrors);
    }

    [Theory]
    [InlineData("sync", "AzureWebJobs.Webhook.Disabled", "true")]
    [InlineData("produce", "AzureWebJobs_Webhook_Disabled", "1")]
    [InlineData("consume", "", null)]
    public async Task A_secret_of_webhooks_that_nobody_can_call_is_not_missed(string roles, string setting, string? value)
    {
        (_environment["MIRROR_ROLES"], _environment["MIRROR_WEBHOOK_SECRET"], _environment[setting]) = (roles, null, value);
        _place.Text = Whole;

        Assert.Null((await Reader().ReadAsync(CancellationToken.None)).Problem);
    }

    [Theory]
    [InlineData("sync", "'state' is missing: ")]
    [InlineData("produce", "'store' is missing: |'state' is missing: |'age.recipients' is missing: |'signing.key' is missing: ")]
    [InlineData("consume", "'store' is missing: |'state' is missing: |'age.identities' is missing: |'signing.trusted' is missing: ")]
    public async Task What_a_role_needs_and_the_configuration_lacks_is_said_before_a_run_fails(string roles, string gaps)
    {
        (_environment["MIRROR_ROLES"], _place.Text) = (roles, Mirrors);

        var view = await Reader().ReadAsync(CancellationToken.None);

        Assert.All(gaps.Split('|'), gap => Assert.Contains($"place: {gap}", view.Problem, StringComparison.Ordinal));
        Assert.Equal(gaps.Split('|').Length, view.Problem!.Split("; place: ").Length);
        Assert.Single(view.Mirrors);
    }

    private const string Mirrors = "mirrors: [{ name: ce/routy, source: https://a.example.com/a, destination: https://b.example.com/a }]\n";

    private static string Whole => $$"""
        {{Mirrors}}store: {{Scratch.NewFolder("bucket")}}
        state: {{Scratch.NewFolder("state")}}
        age: { recipients: [file:age.pub], identities: [file:age.key] }
        signing: { unsigned: allow }
        """;

    private StatusReader Reader()
    {
        _place.Text ??= $"{Mirrors}state: {Scratch.NewFolder("state")}\n";
        // The clock of the configuration is another one: it has a patience of its own.
        return new StatusReader(new LiveComposition(_place, new SecretReader(_ => null), TimeProvider.System, _ => { }),
            Settings.Read(_environment.GetValueOrDefault, "/app", new SecretReader(_ => null)), _time);
    }

    /// <summary>Answers, or not.</summary>
    private sealed class Place : IConfigurationPlace
    {
        private TaskCompletionSource? _silence;
        private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public string? Text { get; set; }

        public string Name => "place";

        public TimeSpan Life => TimeSpan.Zero;

        public async Task<string> VersionAsync(CancellationToken cancellation)
        {
            if (_silence is { } silence)
            {
                _asked.TrySetResult();
                await silence.Task.WaitAsync(cancellation);
            }
            return "1";
        }

        public Task<MirrorConfiguration> ReadAsync(SecretReader secrets, CancellationToken cancellation) =>
            Task.FromResult(ConfigurationFile.Parse(Encoding.UTF8.GetBytes(Text!), Name, "/", environment: null));

        /// <summary>Ends when somebody waits.</summary>
        public Task Asked => _asked.Task;

        public void Hang() => _silence = new TaskCompletionSource();

        public void Answer() => _silence = null;
    }
}
