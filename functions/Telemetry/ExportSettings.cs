using System.Globalization;

namespace Mirror.Functions.Telemetry;

/// <summary>Which signals are sent, by the standard variables: opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables.
/// Variables that the libraries read themselves are not here.</summary>
/// <param name="Spans">Null if no spans are sent.</param>
/// <param name="Metrics">Null if no metrics are sent.</param>
/// <param name="Interval">How often metrics are sent.</param>
internal sealed record ExportSettings(SignalSettings? Spans, SignalSettings? Metrics, TimeSpan Interval)
{
    private const string Prefix = "OTEL_EXPORTER_OTLP_";

    private static readonly string[] Prefixes = [Prefix, $"{Prefix}TRACES_", $"{Prefix}METRICS_"];

    // The specification's default, in milliseconds.
    private const int DefaultInterval = 60_000;

    /// <summary>Why a requested signal is not sent.</summary>
    public IReadOnlyList<string> Problems { get; private init; } = [];

    /// <summary>The secrets in the variables.</summary>
    public IReadOnlyList<string> Secrets { get; private init; } = [];

    public static ExportSettings Read(Func<string, string?> environment)
    {
        var interval = int.TryParse(environment("OTEL_METRIC_EXPORT_INTERVAL"), NumberStyles.None, CultureInfo.InvariantCulture,
            out var read) && read > 0
            ? read
            : DefaultInterval;
        var (spans, metrics) = (SignalIn(environment, "TRACES"), SignalIn(environment, "METRICS"));
        return new ExportSettings(WithoutProblem(spans), WithoutProblem(metrics), TimeSpan.FromMilliseconds(interval))
        {
            Problems = [.. new[] { spans?.Problem, metrics?.Problem }.OfType<string>().Distinct()],
            Secrets = [.. Prefixes.SelectMany(prefix => ExportSecrets.InHeaders(
                environment($"{prefix}HEADERS")).Concat(ExportSecrets.InEndpoint(environment($"{prefix}ENDPOINT"))))],
        };
    }

    private static SignalSettings? WithoutProblem(SignalSettings? signal) => signal?.Problem is null ? signal : null;

    private static SignalSettings? SignalIn(Func<string, string?> environment, string signal)
    {
        var own = $"{Prefix}{signal}_";
        var variable = string.IsNullOrEmpty(environment($"{own}ENDPOINT")) ? $"{Prefix}ENDPOINT" : $"{own}ENDPOINT";
        if (Says(environment, "OTEL_SDK_DISABLED", "true") || Says(environment, $"OTEL_{signal}_EXPORTER", "none")
            || environment(variable) is not { Length: > 0 } text)
        {
            return null;
        }
        var (endpoint, protocol) = (UrlIn(text), environment($"{own}PROTOCOL")?.Trim() ?? "");
        return new SignalSettings(variable == $"{Prefix}ENDPOINT" ? null : endpoint, protocol, environment($"{own}HEADERS"))
        {
            // Values are not quoted, since they may be a misplaced key.
            Problem = endpoint is null ? $"{variable} is not a URL, such as http://127.0.0.1:4317"
                : protocol is not ("" or "grpc" or "http/protobuf") ? $"{own}PROTOCOL is neither grpc nor http/protobuf"
                : null,
        };
    }

    /// <summary>Null if it is not an http URL. <see cref="Uri"/> takes localhost:4317 for a URL with the scheme localhost.</summary>
    internal static Uri? UrlIn(string? text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" ? url : null;

    private static bool Says(Func<string, string?> environment, string variable, string word) =>
        word.Equals(environment(variable)?.Trim(), StringComparison.OrdinalIgnoreCase);
}

/// <summary>The settings of one signal, or else those for all signals. The libraries read only the latter.</summary>
internal sealed record SignalSettings(Uri? Endpoint, string Protocol, string? Headers)
{
    /// <summary>Why the signal cannot be sent.</summary>
    public string? Problem { get; init; }
}
