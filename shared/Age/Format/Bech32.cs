namespace Mirror.Age.Format;

/// <summary>
/// Bech32, BIP 173, as age writes keys: a prefix, <c>1</c>, the bytes in characters of five bits, and a checksum of six characters.
/// </summary>
internal static class Bech32
{
    private const string Alphabet = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    private const int ChecksumSize = 6;

    private static ReadOnlySpan<uint> Generator => [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];

    /// <summary>Encodes in lower case. The checksum is always computed over lower case.</summary>
    public static string Encode(string prefix, ReadOnlySpan<byte> bytes)
    {
        var values = new byte[ValueCount(bytes.Length) + ChecksumSize];
        for (var bit = 0; bit < bytes.Length * 8; bit++)
        {
            values[bit / 5] |= (byte)((bytes[bit / 8] >> (7 - bit % 8) & 1) << (4 - bit % 5));
        }
        var checksum = Checksum(prefix, values) ^ 1;
        for (var i = 0; i < ChecksumSize; i++)
        {
            values[^(i + 1)] = (byte)(checksum >> (5 * i) & 31);
        }
        return $"{prefix}1{string.Concat(values.Select(value => Alphabet[value]))}";
    }

    /// <summary>Decodes lower-case text of exactly as many bytes as <paramref name="bytes"/>.</summary>
    public static bool TryDecode(string prefix, ReadOnlySpan<char> text, Span<byte> bytes)
    {
        var count = ValueCount(bytes.Length);
        Span<byte> values = stackalloc byte[count + ChecksumSize];
        if (!text.StartsWith($"{prefix}1", StringComparison.Ordinal)
            || !TryRead(text[(prefix.Length + 1)..], values)
            || Checksum(prefix, values) != 1)
        {
            return false;
        }
        bytes.Clear();
        for (var bit = 0; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] |= (byte)((values[bit / 5] >> (4 - bit % 5) & 1) << (7 - bit % 8));
        }
        // Unused bits after the last byte must be zero; otherwise one key would have several spellings.
        return (values[count - 1] & ((1 << (count * 5 - bytes.Length * 8)) - 1)) == 0;
    }

    private static int ValueCount(int size) => (size * 8 + 4) / 5;

    private static bool TryRead(ReadOnlySpan<char> text, Span<byte> values)
    {
        for (var i = 0; i < values.Length && i < text.Length; i++)
        {
            var value = Alphabet.IndexOf(text[i]);
            if (value < 0)
            {
                return false;
            }
            values[i] = (byte)value;
        }
        return text.Length == values.Length;
    }

    private static uint Checksum(string prefix, ReadOnlySpan<byte> values)
    {
        var sum = 1u;
        foreach (var c in prefix)
        {
            sum = Add(sum, c >> 5);
        }
        sum = Add(sum, 0);
        foreach (var c in prefix)
        {
            sum = Add(sum, c & 31);
        }
        foreach (var value in values)
        {
            sum = Add(sum, value);
        }
        return sum;
    }

    private static uint Add(uint sum, int value)
    {
        var top = sum >> 25;
        sum = (sum & 0x1ffffff) << 5 ^ (uint)value;
        for (var i = 0; i < Generator.Length; i++)
        {
            sum ^= (top >> i & 1) * Generator[i];
        }
        return sum;
    }
}
