using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Mirror.Mirroring;

/// <summary>Small JSON documents as a whole: those that are signed, and those that are changed by compare-and-set.</summary>
internal static class JsonDocuments
{
    // What is wrong with a document quotes it, and it may be anybody's.
    private const int MaxMessageSize = 300;

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, Indented = true };

    /// <param name="size">About as much as it will be: very many refs must not be copied from one buffer to the next larger one.</param>
    public static ReadOnlyMemory<byte> Write(Action<Utf8JsonWriter> content, int size = 1024)
    {
        var buffer = new ArrayBufferWriter<byte>(size);
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            content(json);
            json.WriteEndObject();
        }
        buffer.Write("\n"u8);
        return buffer.WrittenMemory;
    }

    /// <exception cref="FormatException">Whatever is wrong with it.</exception>
    public static T Read<T>(ReadOnlyMemory<byte> utf8, Func<JsonFields, T> read)
    {
        try
        {
            using var document = JsonDocument.Parse(utf8, new JsonDocumentOptions { MaxDepth = 8 });
            return read(new JsonFields(document.RootElement));
        }
        catch (Exception wrong) when (wrong is FormatException or JsonException or InvalidOperationException)
        {
            throw new FormatException(Quoted.Printable((wrong is FormatException ? "" : "not JSON: ") + wrong.Message, MaxMessageSize),
                wrong);
        }
    }
}
