using System.Net;
using Azure.Storage.Queues;
using Mirror.Functions.Serving;
using Mirror.Tests.FunctionsHost;
using Mirror.Mirroring;

namespace Mirror.Functions.Tests.Serving;

/// <summary>App settings that are missing or wrong: said where somebody looks, by a process that lives on.</summary>
public sealed class AppSettingsTests
{
    [Theory]
    [InlineData(null, "MIRROR_ROLES is not set: say produce, consume or sync")]
    [InlineData("produce, publish", "MIRROR_ROLES: there is no role 'publish', only produce, consume and sync")]
    public async Task Roles_that_are_none_are_said_by_every_call_and_on_the_page_and_the_process_lives_on(string? roles, string message)
    {
        var sides = await PartitionSides.CreateAsync();
        await using var app = await ServedApp.StartAsync(sides.Near, "produce", setup =>
        {
            setup.Settings.Remove("MIRROR_ROLES");
            if (roles is not null)
            {
                setup.Settings["MIRROR_ROLES"] = roles;
            }
        });
        var process = app.HandlerProcessId;
        using var client = new HttpClient();

        var plan = await app.FireTimerAsync("Plan");
        var page = await client.GetStringAsync(new Uri(app.Http, $"/api/status?code={Uri.EscapeDataString(app.KeyOf("Status"))}"));
        using var webhook = await client.PostAsync(new Uri(app.Http, "/api/webhook/github"), new StringContent("{}"));

        Assert.Equal(CallOutcome.Failed, plan.Outcome);
        Assert.Contains(app.Logs, line => line.Text.StartsWith($"Plan: {message}", StringComparison.Ordinal));
        Assert.Contains(message, WebUtility.HtmlDecode(page), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, webhook.StatusCode);
        Assert.Equal(process, app.HandlerProcessId);
        Assert.Empty(app.Violations);
    }

    [Theory]
    [InlineData("AzureWebJobsStorage", "AccountKey=secret", "AzureWebJobsStorage: ")]
    [InlineData("AzureWebJobsStorage", "nonsense secret", "AzureWebJobsStorage: ")]
    [InlineData("AzureWebJobsStorage__queueServiceUri", "not a secret URL", "AzureWebJobsStorage: ")]
    [InlineData("AzureWebJobsStorage", "", "AzureWebJobsStorage is not set: ")]
    public void An_account_for_the_queues_that_cannot_be_meant_is_refused_by_its_setting(string setting, string value, string message)
    {
        var open = QueueAccount.Find(name => name == setting ? value : null);

        var wrong = Assert.Throws<CallException>(() => open(QueueMessageEncoding.Base64));

        Assert.StartsWith(message, wrong.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", wrong.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("00:10:00", 570, 24)]
    [InlineData("00:01:00", 45, 12)]
    [InlineData("100.00:00:00", 49 * 24 * 3600.0, 24)]
    [InlineData("soon", 270, 24)]
    [InlineData(null, 270, 24)]
    public void A_call_ends_before_the_host_s_own_time_is_over_and_what_comes_after_it_too(string? timeout, double seconds, double after)
    {
        var settings = Read(new() { ["AzureFunctionsJobHost__functionTimeout"] = timeout });

        Assert.Equal((seconds, after), (settings.Deadline.TotalSeconds, settings.AfterRunLimit.TotalSeconds));
    }

    [Fact]
    public void Without_a_limit_of_the_host_there_is_none_for_a_run()
    {
        var settings = Read(new() { ["AzureFunctionsJobHost__functionTimeout"] = "-1" });

        Assert.Equal((Timeout.InfiniteTimeSpan, TimeSpan.FromSeconds(24)), (settings.Deadline, settings.AfterRunLimit));
    }

    [Fact]
    public void A_setting_stands_in_the_place_of_what_host_json_says() =>
        Assert.Equal(7, Read(new() { ["AzureFunctionsJobHost__extensions__queues__maxDequeueCount"] = "7" }).MaxDequeueCount);

    private static Settings Read(Dictionary<string, string?> environment)
    {
        environment["FUNCTIONS_CUSTOMHANDLER_PORT"] = "1234";
        environment["MIRROR_ROLES"] = "produce";
        return Settings.Read(name => environment.GetValueOrDefault(name), Path.GetTempPath(), new SecretReader(_ => null));
    }
}
