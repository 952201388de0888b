using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Mirror.Functions.Telemetry;

/// <summary>The source of spans and metrics. It costs next to nothing while no listener is attached.</summary>
internal static class Signals
{
    public const string Name = "Mirror";

    public static ActivitySource Spans { get; } = new(Name, Composition.Version);

    public static Meter Meter { get; } = new(Name, Composition.Version);
}
