using System.Diagnostics.Tracing;
using Mirror.Functions.Telemetry;
using Mirror.Functions.Tests.Serving;

namespace Mirror.Functions.Tests.Telemetry;

/// <summary>What is said of the exporter's own events.</summary>
public sealed class ExportFaultsTests
{
    [Fact]
    public void It_is_said_once_an_hour()
    {
        var (lines, time) = (new List<string>(), new HandTime());
        using var faults = new ExportFaults(lines.Add, time);

        faults.Say("first");
        time.Now += TimeSpan.FromMinutes(59);
        faults.Say("second");
        time.Now += TimeSpan.FromMinutes(1);
        faults.Say("third");

        Assert.Equal(2, lines.Count);
        Assert.StartsWith("warning: telemetry is not sent: third; ", lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_failure_to_send_is_not_told_as_one()
    {
        var lines = new List<string>();
        using var exporter = new Exporter();
        using var faults = new ExportFaults(lines.Add, new HandTime());

        exporter.UnsupportedAttributeType("Uri", "mirror.url");
        exporter.InvalidConfigurationValue("OTEL_EXPORTER_OTLP_TIMEOUT", "a-key");
        exporter.InvalidConfigurationValue("OTEL_EXPORTER_OTLP_TIMEOUT", "a-key");
        exporter.TransientHttpError("http://c/", "System.Exception: Exception: it is away.\n   at Here()");
        exporter.FailedToReachCollector("http://c/", "System.Exception: Exception: it is still away");

        Assert.Equal(
            "warning: telemetry: OTEL_EXPORTER_OTLP_TIMEOUT has a value that is not known, and the default is used instead", lines[0]);
        Assert.StartsWith("warning: telemetry is not sent: it is away; ", lines[1], StringComparison.Ordinal);
        Assert.Equal(2, lines.Count);
    }

    /// <summary>Some of the exporter's events, as it declares them.</summary>
    [EventSource(Name = "OpenTelemetry-Exporter-OpenTelemetryProtocol")]
    private sealed class Exporter : EventSource
    {
        [Event(2, Message = "Exporter failed send data to collector to {0} endpoint. Data will not be sent. Exception: {1}",
            Level = EventLevel.Error)]
        public void FailedToReachCollector(string url, string exception) => WriteEvent(2, url, exception);

        [Event(10, Message = "Unsupported attribute type '{0}' for '{1}'. Attribute will not be exported.", Level = EventLevel.Warning)]
        public void UnsupportedAttributeType(string type, string key) => WriteEvent(10, type, key);

        [Event(11, Message = "Configuration key '{0}' has an invalid value: '{1}'", Level = EventLevel.Warning)]
        public void InvalidConfigurationValue(string key, string value) => WriteEvent(11, key, value);

        [Event(16, Message = "Transient HTTP error occurred when communicating with {0}. Exception: {1}", Level = EventLevel.Warning)]
        public void TransientHttpError(string url, string exception) => WriteEvent(16, url, exception);
    }
}
