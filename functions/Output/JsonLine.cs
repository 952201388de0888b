using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Mirror.Git;

namespace Mirror.Functions.Output;

/// <summary>One JSON object on one line, the format of --json.</summary>
internal static class JsonLine
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Of(Action<Utf8JsonWriter> content)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            content(json);
            json.WriteEndObject();
        }
        return Printable.Json(Encoding.UTF8.GetString(buffer.WrittenSpan));
    }

    /// <summary>Writes an object under a name, or null if there is no value.</summary>
    public static void WriteObject<T>(Utf8JsonWriter json, string name, T? value, Action<T> content)
        where T : class
    {
        if (value is null)
        {
            json.WriteNull(name);
            return;
        }
        json.WriteStartObject(name);
        content(value);
        json.WriteEndObject();
    }

    /// <summary>Writes an object whose names are data.</summary>
    public static void WriteMap(Utf8JsonWriter json, string name, IEnumerable<KeyValuePair<string, string>> values)
    {
        json.WriteStartObject(name);
        foreach (var (key, value) in values)
        {
            json.WriteString(key, value);
        }
        json.WriteEndObject();
    }
}
