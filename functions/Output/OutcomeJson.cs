using System.Text.Json;
using Mirror.Mirroring;

namespace Mirror.Functions.Output;

/// <summary>An outcome as one line of JSON for scripts. Names and order must not change.</summary>
internal static class OutcomeJson
{
    public static string Line(MirrorOutcome outcome, Func<string, string> redact) => JsonLine.Of(json =>
    {
        json.WriteString("mirror", redact(outcome.Mirror));
        json.WriteString("outcome", outcome.Kind.ToString().ToLowerInvariant());
        WriteChain(json, outcome);
        Write(json, outcome.Refs);
        json.WriteNumber("bytes", outcome.Bytes);
        json.WriteNumber("seconds", Math.Round(outcome.Elapsed.TotalSeconds, 3));
        JsonLine.WriteObject(json, "error", outcome.Error, error =>
        {
            json.WriteString("reason", error.Reason.Word);
            json.WriteString("message", redact(error.Message));
            JsonLine.WriteMap(json, "refs", error.Refs.Select(each => KeyValuePair.Create(redact(each.Key), redact(each.Value))));
            if (error.MoreRefs > 0)
            {
                json.WriteNumber("more", error.MoreRefs);
            }
        });
        json.WriteBoolean("proven", outcome.IsProven);
    });

    /// <summary>A direct sync has no chain, and so no sequence.</summary>
    private static void WriteChain(Utf8JsonWriter json, MirrorOutcome outcome)
    {
        if (outcome.Sequence is { } sequence)
        {
            json.WriteNumber("sequence", sequence);
        }
        else
        {
            json.WriteNull("sequence");
        }
        json.WriteString("kind", outcome.Bundle?.ToString().ToLowerInvariant());
    }

    private static void Write(Utf8JsonWriter json, RefCounts refs)
    {
        json.WriteStartObject("refs");
        json.WriteNumber("created", refs.Created);
        json.WriteNumber("updated", refs.Updated);
        json.WriteNumber("deleted", refs.Deleted);
        json.WriteNumber("rejected", refs.Rejected);
        json.WriteEndObject();
    }
}
