using System.Runtime.CompilerServices;
using Mirror.Mirroring;

namespace Mirror.Functions.Telemetry;

/// <summary>Sends spans and metrics while it exists, if the environment configures a destination.</summary>
internal static class Export
{
    /// <summary>Null if nothing is sent.</summary>
    /// <param name="warn">Writes a redacted line.</param>
    public static IAsyncDisposable? Start(ExportSettings settings, SecretReader secrets, Action<string> warn)
    {
        foreach (var secret in settings.Secrets)
        {
            secrets.Register(secret);
        }
        foreach (var problem in settings.Problems)
        {
            warn($"warning: telemetry is not sent: {problem}; the runs go on without");
        }
        return settings is { Spans: null, Metrics: null } ? null : Begin(settings, secrets, warn);
    }

    // A method of its own, since entering it loads the libraries, which must not happen if nothing is sent.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static OtlpExport Begin(ExportSettings settings, SecretReader secrets, Action<string> warn) =>
        new(settings, secrets.Redact, warn);
}
