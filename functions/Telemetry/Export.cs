using System.Runtime.CompilerServices;
using Mirror.Mirroring;

namespace Mirror.Functions.Telemetry;

/// <summary>Sends spans and measurements for as long as it lives, where the environment says whereto.</summary>
internal static class Export
{
    /// <summary>Null where nothing is sent.</summary>
    /// <param name="warn">Says a line, without the secrets.</param>
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

    // Not part of the method above: who enters it loads the libraries, and who sends nothing must not.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static OtlpExport Begin(ExportSettings settings, SecretReader secrets, Action<string> warn) =>
        new(settings, secrets.Redact, warn);
}
