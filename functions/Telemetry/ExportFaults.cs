using System.Diagnostics.Tracing;
using System.Globalization;

namespace Mirror.Functions.Telemetry;

/// <summary>Warns once an hour that telemetry cannot be sent, and why. The libraries report that only as events.</summary>
internal sealed class ExportFaults(Action<string> warn, TimeProvider time) : EventListener
{
    private const string Exporter = "OpenTelemetry-Exporter-OpenTelemetryProtocol";

    private const int UnsupportedProtocol = 8;
    private const int InvalidConfigurationValue = 11;

    // Warnings about a request: a transient error, a cancelled one, a timeout, a gRPC status. Other warnings are about single attributes,
    // and the rest is sent.
    private static readonly int[] Requests = [16, 18, 19, 22];

    // Often enough for a log that is read the next day.
    private static readonly TimeSpan Pause = TimeSpan.FromHours(1);

    private readonly Lock _saying = new();
    private readonly Dictionary<string, DateTimeOffset> _said = [];

    public void Say(string why) => Say(
        "export", $"warning: telemetry is not sent: {why}; the runs go on without; "
            + "check OTEL_EXPORTER_OTLP_ENDPOINT, _PROTOCOL (grpc, unless it is said) and _HEADERS");

    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource.Name == Exporter)
        {
            EnableEvents(eventSource, EventLevel.Warning);
        }
    }

    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        if (eventData.EventSource.Name != Exporter)
        {
            return;
        }
        switch (eventData.EventId)
        {
            case UnsupportedProtocol:
                SayUnknown("OTEL_EXPORTER_OTLP_PROTOCOL");
                break;
            case InvalidConfigurationValue:
                SayUnknown($"{eventData.Payload?.FirstOrDefault()}");
                break;
            case var id when eventData.Level <= EventLevel.Error || Requests.Contains(id):
                Say(CauseIn(string.Format(CultureInfo.InvariantCulture, eventData.Message ?? eventData.EventName
                    ?? "", [.. eventData.Payload ?? new([])])));
                break;
        }
    }

    // The value is not quoted, since it may be a misplaced key.
    private void SayUnknown(string variable) =>
        Say(variable, $"warning: telemetry: {variable} has a value that is not known, and the default is used instead");

    private void Say(string what, string line)
    {
        lock (_saying)
        {
            var now = time.GetUtcNow();
            if (_said.TryGetValue(what, out var last) && now - last < Pause)
            {
                return;
            }
            _said[what] = now;
        }
        warn(line);
    }

    /// <summary>The cause in "…. Exception: TYPE: WHY" with a stack trace below.</summary>
    private static string CauseIn(string text)
    {
        const string Mark = "Exception: ";
        var start = text.LastIndexOf(Mark, StringComparison.Ordinal) is >= 0 and var at ? at + Mark.Length : 0;
        return UrlText.WithoutUserInfo(text[start..].Split('\n')[0].Trim().TrimEnd('.'));
    }
}
