using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Mirror.Mirroring;

namespace Mirror.Functions.Output;

/// <summary>A mirror's status as one line of JSON.</summary>
internal static class StatusJson
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Line(MirrorStatus status)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            json.WriteString("mirror", status.Mirror);
            Write(json, status.Produced);
            Write(json, status);
            json.WriteStartArray("faults");
            foreach (var fault in status.Faults)
            {
                json.WriteStringValue(fault);
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void Write(Utf8JsonWriter json, ProducerLedger? ledger)
    {
        if (ledger is null)
        {
            json.WriteNull("produced");
            return;
        }
        json.WriteStartObject("produced");
        json.WriteNumber("generation", ledger.State?.Generation ?? 0);
        json.WriteNumber("sequence", ledger.State?.Sequence ?? 0);
        json.WriteNumber("refs", ledger.State?.Refs.Count ?? 0);
        json.WriteNumber("full", ledger.State?.Chain.Count(entry => entry.Kind == BundleKind.Full) ?? 0);
        json.WriteNumber("deltas", ledger.State?.Chain.Count(entry => entry.Kind == BundleKind.Delta) ?? 0);
        json.WriteNumber("bytes", ledger.State?.Chain.Sum(entry => entry.Size) ?? 0);
        Write(json, "published", ledger.Published?.Written);
        Write(json, ledger.Failure);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, MirrorStatus status)
    {
        if (status.Consumed is not { } ledger)
        {
            json.WriteNull("consumed");
            return;
        }
        json.WriteStartObject("consumed");
        json.WriteNumber("generation", ledger.Generation);
        json.WriteNumber("sequence", ledger.Sequence);
        Write(json, "proven", ledger.Proven);
        Write(json, "head_expires", ledger.HeadExpires);
        json.WriteNumber("behind", status.BehindCount);
        Write(json, "behind_since", status.BehindSince);
        json.WriteStartObject("set_aside");
        foreach (var (name, why) in ledger.SetAside)
        {
            json.WriteString(name, why);
        }
        json.WriteEndObject();
        Write(json, ledger.Failure);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, LedgerFailure? failure)
    {
        if (failure is null)
        {
            json.WriteNull("error");
            return;
        }
        json.WriteStartObject("error");
        Write(json, "at", failure.At);
        json.WriteString("reason", failure.Reason);
        json.WriteString("message", failure.Message);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string name, DateTimeOffset? time) =>
        json.WriteString(name, time?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
}
