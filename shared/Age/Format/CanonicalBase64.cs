using System.Buffers;
using System.Buffers.Text;

namespace Mirror.Age.Format;

/// <summary>
/// Base64 with only one valid spelling, RFC 4648 section 3.5. The base library's decoder skips white space and ignores unused bits, so
/// the decoded bytes are encoded again and compared.
/// </summary>
internal static class CanonicalBase64
{
    /// <summary>The length of a line in age's header and armor.</summary>
    public const int LineSize = 64;

    public const int LineByteCount = LineSize / 4 * 3;

    public static bool TryDecode(ReadOnlySpan<byte> text, Span<byte> destination, out int size)
    {
        Span<byte> again = text.Length <= LineSize ? stackalloc byte[LineSize] : new byte[text.Length];
        return Base64.DecodeFromUtf8(text, destination, out _, out size) == OperationStatus.Done
            && Base64.EncodeToUtf8(destination[..size], again, out _, out var length) == OperationStatus.Done
            && again[..length].SequenceEqual(text);
    }

    /// <summary>Decodes at most one line without padding, as in headers.</summary>
    public static bool TryDecodeUnpadded(ReadOnlySpan<byte> text, Span<byte> destination, out int size)
    {
        size = 0;
        if (text.Length > LineSize || text.Contains((byte)'='))
        {
            return false;
        }
        Span<byte> padded = stackalloc byte[LineSize];
        padded.Fill((byte)'=');
        text.CopyTo(padded);
        return TryDecode(padded[..((text.Length + 3) / 4 * 4)], destination, out size);
    }

    public static string EncodeUnpadded(ReadOnlySpan<byte> bytes) => Convert.ToBase64String(bytes).TrimEnd('=');
}
