using System.Runtime.CompilerServices;

namespace Mirror.Functions.Telemetry;

/// <summary>Sends spans and measurements for as long as it lives, where the environment says whereto.</summary>
internal static class Export
{
    /// <summary>Null where nothing is sent.</summary>
    public static IAsyncDisposable? Start(ExportSettings settings) => settings is { Spans: null, Metrics: null } ? null : Begin(settings);

    // Not part of the method above: who enters it loads the libraries, and who sends nothing must not.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static OtlpExport Begin(ExportSettings settings)
    {
        foreach (var secret in settings.Secrets)
        {
            Workplace.Secrets.Register(secret);
        }
        return new OtlpExport(settings, Workplace.Secrets.Redact);
    }
}
