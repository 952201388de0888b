using System.Text.Json;
using Mirror.Functions.Output;
using Mirror.Mirroring;

namespace Mirror.Functions.Status;

/// <summary>The status as one JSON object. Names must not change.</summary>
internal static class StatusDocument
{
    public static string Of(StatusView view, StatusFilter filter) => JsonLine.Of(json =>
    {
        json.WriteString("at", Iso8601.Of(view.At));
        json.WriteString("problem", view.Problem);
        json.WriteNumber("objective_seconds", (long)view.Objective.TotalSeconds);
        json.WriteStartArray("mirrors");
        foreach (var mirror in filter.Of(view.Mirrors))
        {
            Write(json, mirror);
        }
        json.WriteEndArray();
        json.WriteStartArray("poison");
        foreach (var queue in view.Poison)
        {
            queue.Write(json);
        }
        json.WriteEndArray();
    });

    private static void Write(Utf8JsonWriter json, MirrorReport mirror)
    {
        json.WriteStartObject();
        json.WriteString("mirror", mirror.Name);
        json.WriteString("state", ConditionWords.Word(mirror.Condition));
        json.WriteString("proven", mirror.Proven is { } proven ? Iso8601.Of(proven) : null);
        WriteNumber(json, "lag_seconds", (long?)mirror.Lag?.TotalSeconds);
        json.WriteNumber("objective_seconds", (long)mirror.Objective.TotalSeconds);
        json.WriteBoolean("late", mirror.IsLate);
        WriteNumber(json, "sequence", mirror.Sequence);
        json.WriteNumber("behind", mirror.BehindCount);
        JsonLine.WriteObject(json, "chain", mirror.Chain, chain =>
        {
            json.WriteNumber("full", chain.FullCount);
            json.WriteNumber("deltas", chain.DeltaCount);
            json.WriteNumber("bytes", chain.Size);
        });
        json.WriteNumber("set_aside", mirror.SetAsideCount);
        JsonLine.WriteObject(json, "error", mirror.Error, error => Write(json, error, mirror.NextAction));
        WriteTexts(json, "faults", mirror.Faults);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, LedgerFailure error, string? nextAction)
    {
        json.WriteString("at", Iso8601.Of(error.At));
        json.WriteString("reason", error.Reason.Word);
        json.WriteString("message", error.Message);
        json.WriteString("next", nextAction);
    }

    private static void WriteTexts(Utf8JsonWriter json, string name, IEnumerable<string> texts)
    {
        json.WriteStartArray(name);
        foreach (var text in texts)
        {
            json.WriteStringValue(text);
        }
        json.WriteEndArray();
    }

    private static void WriteNumber(Utf8JsonWriter json, string name, long? number)
    {
        if (number is { } value)
        {
            json.WriteNumber(name, value);
            return;
        }
        json.WriteNull(name);
    }
}
