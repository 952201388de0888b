using System.Buffers;
using System.Text;
using System.Text.Json;
using Mirror.Git;

namespace Mirror.Mirroring;

/// <summary>
/// The refs of a document, of a head or of a ledger's state. They are read straight into a list and cut out of the document, since a
/// <see cref="System.Text.Json.JsonDocument"/> would keep two entries for each ref, and strings for their names.
/// </summary>
internal static class RefsJson
{
    /// <summary>The document with an empty object in place of the refs, and the refs; null if it has none.</summary>
    /// <param name="maxSize">The limit of the document without its refs, which is held whole.</param>
    public static (ReadOnlyMemory<byte> Json, RefList? Refs) TakeOut(ReadOnlySequence<byte> utf8, int maxDepth, int maxSize)
    {
        var json = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = maxDepth });
        var isState = false;
        while (json.Read())
        {
            if (json.TokenType != JsonTokenType.PropertyName || json.CurrentDepth > (isState ? 2 : 1))
            {
                continue;
            }
            if (json.ValueTextEquals("refs"u8) && json.Read() && json.TokenType == JsonTokenType.StartObject)
            {
                var start = json.TokenStartIndex;
                var refs = Read(ref json);
                var end = json.BytesConsumed;
                ThrowIfLong(start + utf8.Length - end, maxSize);
                // Reads to the end, since only this reader reports an error after the refs with its true line.
                while (json.Read())
                {
                }
                return ((byte[])[.. utf8.Slice(0, start).ToArray(), .. "{}"u8, .. utf8.Slice(end).ToArray()], refs);
            }
            isState = json.CurrentDepth == 1 ? json.TokenType == JsonTokenType.PropertyName && json.ValueTextEquals("state"u8) : isState;
        }
        ThrowIfLong(utf8.Length, maxSize);
        return (utf8.IsSingleSegment ? utf8.First : utf8.ToArray(), null);
    }

    private static void ThrowIfLong(long size, int maxSize)
    {
        if (size > maxSize)
        {
            throw new FormatException($"{size} bytes beside its refs, and at most {maxSize} are read");
        }
    }

    private static RefList Read(ref Utf8JsonReader json)
    {
        var refs = new RefList();
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var name = Utf8Of(ref json);
            json.Read();
            var text = json.TokenType == JsonTokenType.String ? Utf8Of(ref json) : throw new FormatException("refs has what is not a text");
            if (!ObjectId.TryParse(text, out var id))
            {
                throw new FormatException($"'{Encoding.UTF8.GetString(text)}' is not an object id");
            }
            if (!refs.TryAdd(name, id))
            {
                throw new FormatException($"'{Encoding.UTF8.GetString(name)}' is not a full ref name");
            }
        }
        return refs.IsSorted ? refs : throw new FormatException("refs are not in the order of their names, each once");
    }

    /// <summary>The bytes of a string in the document. They are copied if the string has escapes or lies in two pieces.</summary>
    private static ReadOnlySpan<byte> Utf8Of(ref Utf8JsonReader json) =>
        json.ValueIsEscaped ? Encoding.UTF8.GetBytes(json.GetString()!)
        : json.HasValueSequence ? json.ValueSequence.ToArray()
        : json.ValueSpan;
}
