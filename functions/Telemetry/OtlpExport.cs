using System.Diagnostics;
using System.Security.Cryptography;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Mirror.Functions.Telemetry;

/// <summary>Sends telemetry with the OpenTelemetry libraries. Only this class and <see cref="SpanFilter"/> use them. They read most of
/// the standard variables themselves.</summary>
internal sealed class OtlpExport : IAsyncDisposable
{
    // Short, since a user or the next run waits. A reachable collector takes milliseconds.
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(3);

    private static readonly string InstanceId = Guid.NewGuid().ToString();

    private readonly ExportFaults _faults;
    private readonly ActivityListener? _errors;
    private readonly TracerProvider? _spans;
    private readonly MeterProvider? _metrics;

    public OtlpExport(ExportSettings settings, Func<string, string> redact, Action<string> warn)
    {
        _faults = new ExportFaults(warn, TimeProvider.System);
        if (settings.Spans is { } spans)
        {
            // Servers do not get trace headers: HTTP requests are the same as without telemetry.
            DistributedContextPropagator.Current = DistributedContextPropagator.CreateNoOutputPropagator();
            _errors = SpanFilter.ListenToErrors(redact);
            _spans = TryBuild(() => BuildSpans(spans, redact));
        }
        _metrics = settings.Metrics is { } metrics ? TryBuild(() => BuildMetrics(metrics)) : null;
    }

    /// <summary>Sends the remaining data, for a few seconds at most.</summary>
    public async ValueTask DisposeAsync()
    {
        var isSent = await Task.WhenAll(Apart(() => _spans?.Shutdown((int)ShutdownTimeout.TotalMilliseconds)),
            Apart(() => _metrics?.Shutdown((int)ShutdownTimeout.TotalMilliseconds)));
        if (isSent.Contains(false))
        {
            _faults.Say($"the collector does not take it within {ShutdownTimeout.TotalSeconds:0} s");
        }
        _spans?.Dispose();
        _metrics?.Dispose();
        _errors?.Dispose();
        _faults.Dispose();
    }

    /// <summary>Null if the libraries reject a variable, such as the name of a certificate. The runs are more important.</summary>
    private T? TryBuild<T>(Func<T> build)
        where T : class
    {
        try
        {
            return build();
        }
        catch (Exception wrong) when (wrong is ArgumentException or FormatException or NotSupportedException or IOException
            or UnauthorizedAccessException or CryptographicException)
        {
            _faults.Say(wrong.Message.TrimEnd('.'));
            return null;
        }
    }

    /// <summary>Waits on a thread of its own. The current thread may serve the sockets of a command, and pool threads are needed to open
    /// the connection: with only two of them, waiting on both took a second.</summary>
    private static Task<bool> Apart(Func<bool?> send) =>
        Task.Factory.StartNew(() => send() ?? true, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private static TracerProvider BuildSpans(SignalSettings settings, Func<string, string> redact)
    {
        var builder = Sdk.CreateTracerProviderBuilder()
            .SetResourceBuilder(Resource())
            .AddSource(Signals.Name, SpanFilter.HttpClient)
            .AddProcessor(new SpanFilter(redact))
            .AddOtlpExporter(options => Apply(settings, options));
        if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable("OTEL_TRACES_SAMPLER")))
        {
            // The default sampler follows the caller, and the Functions host marks its traces as not sampled,
            // so nothing would ever be sent.
            builder.SetSampler(new AlwaysOnSampler());
        }
        return builder.Build();
    }

    private static MeterProvider BuildMetrics(SignalSettings settings) => Sdk.CreateMeterProviderBuilder()
        .SetResourceBuilder(Resource())
        .AddMeter(Signals.Name)
        .AddOtlpExporter(options => Apply(settings, options))
        .Build();

    private static void Apply(SignalSettings settings, OtlpExporterOptions options)
    {
        if (settings.Protocol.Length > 0)
        {
            options.Protocol = settings.Protocol == "http/protobuf" ? OtlpExportProtocol.HttpProtobuf : OtlpExportProtocol.Grpc;
        }
        if (settings.Endpoint is { } endpoint)
        {
            options.Endpoint = endpoint;
        }
        if (settings.Headers is { Length: > 0 } headers)
        {
            options.Headers = headers;
        }
    }

    /// <summary>The variables come last, and win.</summary>
    private static ResourceBuilder Resource() => ResourceBuilder.CreateEmpty()
        .AddService("mirror", serviceVersion: Composition.Version, autoGenerateServiceInstanceId: false, serviceInstanceId: InstanceId)
        .AddTelemetrySdk()
        .AddEnvironmentVariableDetector();
}
