using System.Globalization;

namespace Mirror.Functions.Telemetry;

/// <summary>What is sent, by the standard variables alone: opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables. What the
/// libraries read themselves is not here.</summary>
/// <param name="Spans">Null where none are sent.</param>
/// <param name="Metrics">Null where none are sent.</param>
/// <param name="Interval">How often metrics are sent.</param>
/// <param name="Secrets">What the variables hold that nobody may see.</param>
internal sealed record ExportSettings(SignalSettings? Spans, SignalSettings? Metrics, TimeSpan Interval, IReadOnlyList<string> Secrets)
{
    private const string Prefix = "OTEL_EXPORTER_OTLP_";

    private static readonly string[] Prefixes = [Prefix, $"{Prefix}TRACES_", $"{Prefix}METRICS_"];

    // The specification's, in milliseconds.
    private const int DefaultInterval = 60_000;

    public static ExportSettings Read(Func<string, string?> environment)
    {
        var interval = int.TryParse(environment("OTEL_METRIC_EXPORT_INTERVAL"), NumberStyles.None, CultureInfo.InvariantCulture, out var read) && read > 0 ? read : DefaultInterval;
        return new ExportSettings(
            SignalIn(environment, "TRACES"),
            SignalIn(environment, "METRICS"),
            TimeSpan.FromMilliseconds(interval),
            [.. Prefixes.SelectMany(prefix => InHeaders(environment($"{prefix}HEADERS")).Concat(InAddress(environment($"{prefix}ENDPOINT"))))]);
    }

    private static SignalSettings? SignalIn(Func<string, string?> environment, string signal)
    {
        var endpoint = environment($"{Prefix}{signal}_ENDPOINT") is { Length: > 0 } own ? own : null;
        return Says(environment, "OTEL_SDK_DISABLED", "true") || Says(environment, $"OTEL_{signal}_EXPORTER", "none")
            || (endpoint is null && string.IsNullOrEmpty(environment($"{Prefix}ENDPOINT")))
            ? null
            : new SignalSettings(endpoint, environment($"{Prefix}{signal}_PROTOCOL"), environment($"{Prefix}{signal}_HEADERS"));
    }

    private static bool Says(Func<string, string?> environment, string variable, string word) =>
        word.Equals(environment(variable)?.Trim(), StringComparison.OrdinalIgnoreCase);

    /// <summary>Of <c>authorization=Bearer%20TOKEN,other=VALUE</c>: each value, as it stands and as it is sent, and the token alone.</summary>
    private static IEnumerable<string> InHeaders(string? headers)
    {
        foreach (var header in (headers ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var value = header[(header.IndexOf('=', StringComparison.Ordinal) + 1)..].Trim();
            var sent = Uri.UnescapeDataString(value);
            yield return value;
            yield return sent;
            yield return sent[(sent.LastIndexOf(' ') + 1)..];
        }
    }

    private static IEnumerable<string> InAddress(string? address)
    {
        if (Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.UserInfo.Length > 0)
        {
            yield return uri.UserInfo;
            yield return Uri.UnescapeDataString(uri.UserInfo[(uri.UserInfo.IndexOf(':', StringComparison.Ordinal) + 1)..]);
        }
    }
}

/// <summary>What is said of one signal, in the place of what is said of all. The libraries read only the latter.</summary>
internal sealed record SignalSettings(string? Endpoint, string? Protocol, string? Headers);
