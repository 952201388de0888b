using Mirror.Functions.Telemetry;

namespace Mirror.Functions.Tests.Telemetry;

/// <summary>What the standard variables switch on.</summary>
public sealed class ExportSettingsTests
{
    [Theory]
    [InlineData(false, false)]
    [InlineData(false, false, "OTEL_EXPORTER_OTLP_ENDPOINT=")]
    [InlineData(true, true, "OTEL_EXPORTER_OTLP_ENDPOINT=http://c:4317")]
    [InlineData(true, false, "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=http://c:4317")]
    [InlineData(false, true, "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT=http://c:4317")]
    [InlineData(false, false, "OTEL_EXPORTER_OTLP_ENDPOINT=http://c:4317", "OTEL_SDK_DISABLED=True")]
    [InlineData(true, false, "OTEL_EXPORTER_OTLP_ENDPOINT=http://c:4317", "OTEL_METRICS_EXPORTER=none")]
    [InlineData(false, true, "OTEL_EXPORTER_OTLP_ENDPOINT=http://c:4317", "OTEL_TRACES_EXPORTER=none", "OTEL_METRICS_EXPORTER=otlp")]
    [InlineData(false, false, "OTEL_SERVICE_NAME=x")]
    public void An_endpoint_switches_a_signal_on(bool hasSpans, bool hasMetrics, params string[] variables)
    {
        var settings = Read(variables);

        Assert.Equal((hasSpans, hasMetrics), (settings.Spans is not null, settings.Metrics is not null));
    }

    [Theory]
    [InlineData("60", 0.06)]
    [InlineData("soon", 60)]
    [InlineData("0", 60)]
    public void The_interval_is_in_milliseconds(string text, double seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), Read($"OTEL_METRIC_EXPORT_INTERVAL={text}").Interval);

    [Fact]
    public void Headers_and_userinfo_are_secrets() => Assert.Equal(
        ["Bearer%20word-one", "Bearer word-one", "word-one", "word-two", "word-two", "word-two", "user:word%20three", "word three"],
        Read("OTEL_EXPORTER_OTLP_HEADERS=authorization=Bearer%20word-one , key=word-two",
            "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT=https://user:word%20three@c/v1").Secrets);

    [Theory]
    [InlineData("x-honeycomb-dataset=mirror")]
    [InlineData("X-Scope-OrgID=platform,x-tenant=the%20whole%20company")]
    [InlineData("x-scope=all-of-region-1 platform", "all-of-region-1 platform")]
    [InlineData("x-honeycomb-team=abcd", "abcd")]
    [InlineData("x-odd=0123456789abcdef", "0123456789abcdef")]
    [InlineData("no-name", "no-name")]
    public void A_header_that_is_no_key_is_no_secret(string headers, params string[] secrets) =>
        Assert.Equal(secrets, Read($"OTEL_EXPORTER_OTLP_HEADERS={headers}").Secrets.Distinct());

    [Theory]
    [InlineData("https://c/v1?dataset=mirror&api_key=abcd", "dataset=mirror&api_key=abcd", "abcd")]
    [InlineData("https://c/v1?a%20b", "a%20b", "a b", "b")]
    [InlineData("https://user:pa ss@c", "user:pa%20ss", "pa ss")]
    [InlineData("10.0.0.1:4317?key=abcd", "10.0.0.1:4317?key=abcd")]
    [InlineData("user:word@host:4317", "user:word@host:4317")]
    [InlineData("mirror")]
    [InlineData("http://c:4317")]
    public void What_an_endpoint_holds_is_a_secret(string endpoint, params string[] secrets) =>
        Assert.Equal(secrets, Read($"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT={endpoint}").Secrets.Distinct());

    [Theory]
    [InlineData(false, false, "OTEL_EXPORTER_OTLP_ENDPOINT is not a URL", "OTEL_EXPORTER_OTLP_ENDPOINT=localhost:4317")]
    [InlineData(false, true, "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT is not a URL",
        "OTEL_EXPORTER_OTLP_ENDPOINT=http://c:4317", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=c/v1")]
    [InlineData(true, false, "OTEL_EXPORTER_OTLP_METRICS_PROTOCOL is neither grpc nor http/protobuf",
        "OTEL_EXPORTER_OTLP_ENDPOINT=http://c:4317", "OTEL_EXPORTER_OTLP_METRICS_PROTOCOL=http/json")]
    public void A_signal_whose_variables_are_wrong_is_not_sent(bool hasSpans, bool hasMetrics, string problem, params string[] variables)
    {
        var settings = Read(variables);

        Assert.Equal((hasSpans, hasMetrics), (settings.Spans is not null, settings.Metrics is not null));
        Assert.StartsWith(problem, Assert.Single(settings.Problems), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT=c", "OTEL_SDK_DISABLED=true")]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT=c",
        "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=http://c/t", "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT=http://c/m")]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT=http://c:4317", "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL= grpc ")]
    public void What_is_not_used_cannot_be_wrong(params string[] variables) => Assert.Empty(Read(variables).Problems);

    private static ExportSettings Read(params string[] variables)
    {
        var environment = variables.ToDictionary(
            variable => variable.Split('=')[0], variable => variable[(variable.IndexOf('=', StringComparison.Ordinal) + 1)..]);
        return ExportSettings.Read(environment.GetValueOrDefault);
    }
}
