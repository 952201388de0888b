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
        Write(content, buffer);
        return buffer.WrittenMemory;
    }

    /// <summary>Writes a document that need not be held, piece by piece.</summary>
    /// <param name="take">A piece is valid until it returns.</param>
    public static void Write(Action<Utf8JsonWriter> content, Action<ReadOnlyMemory<byte>> take) => Write(content, new PieceWriter(take));

    private static void Write(Action<Utf8JsonWriter> content, IBufferWriter<byte> to)
    {
        using (var json = new Utf8JsonWriter(to, Options))
        {
            json.WriteStartObject();
            content(json);
            json.WriteEndObject();
        }
        to.Write("\n"u8);
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

    private sealed class PieceWriter(Action<ReadOnlyMemory<byte>> take) : IBufferWriter<byte>
    {
        private byte[] _piece = new byte[32 * 1024];

        public void Advance(int count) => take(_piece.AsMemory(0, count));

        public Memory<byte> GetMemory(int sizeHint = 0)
        {
            if (sizeHint > _piece.Length)
            {
                _piece = new byte[sizeHint];
            }
            return _piece;
        }

        public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;
    }
}
