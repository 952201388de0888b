using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Mirror.Git.Protocol;

internal enum PktKind
{
    Data,
    Flush,
    Delimiter,
    ResponseEnd,

    /// <summary>The stream ended at the border between two lines. Whether that is an error depends on the reader.</summary>
    EndOfStream,
}

/// <summary>One pkt-line, gitprotocol-common(5):
/// four hexadecimal digits with the size of the line, including themselves, then the payload.</summary>
internal readonly record struct PktLine(PktKind Kind, ReadOnlyMemory<byte> Payload = default)
{
    public const int PrefixSize = 4;

    /// <summary>LARGE_PACKET_MAX in git's pkt-line.h.</summary>
    public const int MaxSize = 65520;

    public static ReadOnlySpan<byte> FlushLine => "0000"u8;

    public static ReadOnlySpan<byte> DelimiterLine => "0001"u8;

    /// <summary>The payload without the line feed at its end, which senders may leave out.</summary>
    public ReadOnlySpan<byte> Text => Payload.Span is [.. var text, (byte)'\n'] ? text : Payload.Span;

    /// <summary>Decodes a pkt-line prefix. 0 to 2 are markers without payload; 3 was never assigned.</summary>
    public static int ParseSize(ReadOnlySpan<byte> prefix) =>
        prefix.Length == PrefixSize && Utf8Parser.TryParse(prefix, out int size, out var used, 'x') && used == PrefixSize
        && size is 0 or 1 or 2 or (>= PrefixSize and <= MaxSize)
            ? size
            : throw GitProtocolException.Malformed($"pkt-line length {GitProtocolException.Quote(prefix)}");

    public static PktKind KindOf(int size) => size switch
    {
        0 => PktKind.Flush,
        1 => PktKind.Delimiter,
        2 => PktKind.ResponseEnd,
        _ => PktKind.Data,
    };

    public static void Write(IBufferWriter<byte> writer, ReadOnlySpan<byte> payload)
    {
        var size = PrefixSize + payload.Length;
        if (size > MaxSize)
        {
            throw new ArgumentException($"{payload.Length} bytes do not fit a pkt-line", nameof(payload));
        }
        var span = writer.GetSpan(size);
        Utf8Formatter.TryFormat(size, span, out _, new StandardFormat('x', PrefixSize));
        payload.CopyTo(span[PrefixSize..]);
        writer.Advance(size);
    }

    public static void Write(IBufferWriter<byte> writer, string payload) => Write(writer, Encoding.UTF8.GetBytes(payload));

    /// <summary>Writes <c>verb SP oid LF</c>, as used in negotiations.</summary>
    public static void Write(IBufferWriter<byte> writer, ReadOnlySpan<byte> verb, ObjectId id)
    {
        Span<byte> line = stackalloc byte[128];
        verb.CopyTo(line);
        var size = verb.Length;
        line[size++] = (byte)' ';
        id.WriteHex(line[size..]);
        size += id.Format.HexSize;
        line[size++] = (byte)'\n';
        Write(writer, line[..size]);
    }
}
