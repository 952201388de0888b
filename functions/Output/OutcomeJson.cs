using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Mirror.Mirroring;

namespace Mirror.Functions.Output;

/// <summary>An outcome as one line of JSON: what scripts read. Names and order are a promise.</summary>
internal static class OutcomeJson
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Line(MirrorOutcome outcome, Func<string, string> redact)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            json.WriteString("mirror", redact(outcome.Mirror));
            json.WriteString("outcome", outcome.Kind.ToString().ToLowerInvariant());
            WriteChain(json, outcome);
            Write(json, outcome.Refs);
            json.WriteNumber("bytes", outcome.Bytes);
            json.WriteNumber("seconds", Math.Round(outcome.Elapsed.TotalSeconds, 3));
            Write(json, outcome.Error, redact);
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>A direct sync has no chain, so no place in one.</summary>
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

    private static void Write(Utf8JsonWriter json, MirrorError? error, Func<string, string> redact)
    {
        if (error is null)
        {
            json.WriteNull("error");
            return;
        }
        json.WriteStartObject("error");
        json.WriteString("reason", error.Reason);
        json.WriteString("message", redact(error.Message));
        json.WriteStartObject("refs");
        foreach (var (name, why) in error.Refs)
        {
            json.WriteString(redact(name), redact(why));
        }
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
