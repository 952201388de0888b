using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Mirror.Functions.Telemetry;

/// <summary>Where spans and measurements come from: next to nothing while nobody listens.</summary>
internal static class Signals
{
    public const string Name = "Mirror";

    public static ActivitySource Spans { get; } = new(Name, Composition.Version);

    public static Meter Meter { get; } = new(Name, Composition.Version);
}
