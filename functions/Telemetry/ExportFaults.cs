using System.Diagnostics.Tracing;
using System.Globalization;

namespace Mirror.Functions.Telemetry;

/// <summary>Says once that nothing arrives, and why. The libraries tell it to nobody but who listens to their events.</summary>
internal sealed class ExportFaults(Action<string> warn) : EventListener
{
    private const string Exporter = "OpenTelemetry-Exporter-OpenTelemetryProtocol";

    private int _isSaid;

    public void Say(string why)
    {
        if (Interlocked.Exchange(ref _isSaid, 1) == 0)
        {
            warn($"warning: telemetry is not sent: {why}; the runs go on without; check OTEL_EXPORTER_OTLP_ENDPOINT, _PROTOCOL (grpc, unless it is said) and _HEADERS");
        }
    }

    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource.Name == Exporter)
        {
            EnableEvents(eventSource, EventLevel.Warning);
        }
    }

    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        if (eventData.EventSource.Name == Exporter)
        {
            Say(CauseIn(string.Format(CultureInfo.InvariantCulture, eventData.Message ?? eventData.EventName ?? "", [.. eventData.Payload ?? new([])])));
        }
    }

    /// <summary>Of "…. Exception: TYPE: WHY", a stack below it: why.</summary>
    private static string CauseIn(string text)
    {
        const string Mark = "Exception: ";
        var start = text.LastIndexOf(Mark, StringComparison.Ordinal) is >= 0 and var at ? at + Mark.Length : 0;
        return text[start..].Split('\n')[0].Trim().TrimEnd('.');
    }
}
