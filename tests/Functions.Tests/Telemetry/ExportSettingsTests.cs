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
        Read("OTEL_EXPORTER_OTLP_HEADERS=authorization=Bearer%20word-one , key=word-two", "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT=https://user:word%20three@c/v1").Secrets);

    private static ExportSettings Read(params string[] variables)
    {
        var environment = variables.ToDictionary(variable => variable.Split('=')[0], variable => variable[(variable.IndexOf('=', StringComparison.Ordinal) + 1)..]);
        return ExportSettings.Read(environment.GetValueOrDefault);
    }
}
