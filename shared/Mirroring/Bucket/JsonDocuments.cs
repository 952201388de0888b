using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Mirror.Git;

namespace Mirror.Mirroring;

/// <summary>Reads and writes JSON documents: heads, which are signed, and ledgers, which are changed by compare-and-set.</summary>
internal static class JsonDocuments
{
    // Errors quote the document, which may come from anyone.
    private const int MaxMessageSize = 300;

    private const int MaxDepth = 8;

    private const int SmallSize = 1024;

    // Twice this size, to which a long name may grow the buffer, is still below 85,000 bytes. Larger arrays live on the large object heap
    // until a full collection.
    private const int PieceSize = 32 * 1024;

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, Indented = true };

    public static ReadOnlyMemory<byte> Write(Action<Utf8JsonWriter> content)
    {
        var buffer = new ArrayBufferWriter<byte>(SmallSize);
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            content(json);
            json.WriteEndObject();
        }
        buffer.Write("\n"u8);
        return buffer.WrittenMemory;
    }

    /// <summary>Writes a document piece by piece, so that it need not be held. Each piece is valid until the next one.</summary>
    public static IEnumerable<ReadOnlyMemory<byte>> Pieces(Func<Utf8JsonWriter, IEnumerable<JsonPause>> content)
    {
        var piece = new ArrayBufferWriter<byte>(PieceSize);
        using var json = new Utf8JsonWriter(piece, Options);
        json.WriteStartObject();
        foreach (var _ in content(json))
        {
            if (piece.WrittenCount + json.BytesPending >= PieceSize)
            {
                json.Flush();
                yield return piece.WrittenMemory;
                piece.ResetWrittenCount();
            }
        }
        json.WriteEndObject();
        json.Flush();
        piece.Write("\n"u8);
        yield return piece.WrittenMemory;
    }

    /// <exception cref="FormatException">The document is not valid.</exception>
    public static T Read<T>(ReadOnlyMemory<byte> utf8, Func<JsonFields, T> read) => Read(() => (utf8, null), read);

    /// <summary>Reads a document that may have very many refs.</summary>
    /// <param name="maxSize">The limit of the document without its refs.</param>
    /// <exception cref="FormatException">The document is not valid.</exception>
    public static T ReadWithRefs<T>(ReadOnlySequence<byte> utf8, int maxSize, Func<JsonFields, T> read) =>
        Read(() => RefsJson.TakeOut(utf8, MaxDepth, maxSize), read);

    private static T Read<T>(Func<(ReadOnlyMemory<byte> Json, RefList? Refs)> take, Func<JsonFields, T> read)
    {
        try
        {
            var (rest, refs) = take();
            using var document = JsonDocument.Parse(rest, new JsonDocumentOptions { MaxDepth = MaxDepth });
            return read(new JsonFields(document.RootElement) { Refs = refs });
        }
        catch (Exception wrong) when (wrong is FormatException or JsonException or InvalidOperationException)
        {
            throw new FormatException(Quoted.Printable((wrong is FormatException ? "" : "not JSON: ") + wrong.Message, MaxMessageSize),
                wrong);
        }
    }
}

/// <summary>A point at which the bytes written so far may be sent.</summary>
internal readonly record struct JsonPause;
