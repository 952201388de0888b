using System.Collections.Immutable;
using System.Text.Json;

namespace Mirror.Mirroring;

/// <summary>Counters of a mirror's runs on one side.
/// An older release drops them, and they start again at zero, as counters may.</summary>
/// <param name="Runs">The number of runs by outcome; outcomes that never occurred are left out.</param>
public sealed record RunTotals(ImmutableSortedDictionary<OutcomeKind, long> Runs, long Bytes, TimeSpan Elapsed)
{
    public static readonly RunTotals None = new(ImmutableSortedDictionary<OutcomeKind, long>.Empty, 0, TimeSpan.Zero);

    internal RunTotals With(MirrorOutcome outcome) =>
        new(Runs.SetItem(outcome.Kind, Runs.GetValueOrDefault(outcome.Kind) + 1), Bytes + outcome.Bytes, Elapsed + outcome.Elapsed);

    internal void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject("totals");
        foreach (var (kind, count) in Runs)
        {
            json.WriteNumber(NameOf(kind), count);
        }
        json.WriteNumber("bytes", Bytes);
        json.WriteNumber("milliseconds", (long)Elapsed.TotalMilliseconds);
        json.WriteEndObject();
    }

    internal static RunTotals Read(JsonFields fields)
    {
        var counted = Enum.GetValues<OutcomeKind>().Select(kind => KeyValuePair.Create(kind, fields.OptionalNumber(NameOf(kind)) ?? 0))
            .Where(pair => pair.Value > 0);
        return new RunTotals(ImmutableSortedDictionary.CreateRange(counted), fields.Number("bytes"), ReadElapsed(fields));
    }

    /// <summary>At most what a TimeSpan can hold, since the stored number is not trusted.</summary>
    internal static TimeSpan ReadElapsed(JsonFields fields) =>
        TimeSpan.FromMilliseconds(Math.Min(fields.Number("milliseconds"), (long)TimeSpan.MaxValue.TotalMilliseconds / 2));

    private static string NameOf(OutcomeKind kind) => kind.ToString().ToLowerInvariant();
}
