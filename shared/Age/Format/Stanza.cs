using System.Text;

namespace Mirror.Age.Format;

/// <summary>
/// One recipient's part of a header, age-encryption.org/v1, "Recipient stanza": <c>-> type argument…</c>, then the body in lines of
/// 64 characters, of which the last is shorter.
/// </summary>
internal sealed record Stanza(string Type, IReadOnlyList<string> Arguments, byte[] Body)
{
    /// <summary>The body of a stanza for the largest RSA key that ssh-keygen makes, 16,384 bits. age has such stanzas too.</summary>
    public const int MaxBodySize = 16384 / 8;

    public static ReadOnlySpan<byte> Mark => "-> "u8;

    /// <summary>Reads one stanza, whose first line is next.</summary>
    public static Stanza Read(ref HeaderLines lines)
    {
        var words = Encoding.ASCII.GetString(ReadWords(ref lines)).Split(' ');
        return new Stanza(words[0], words[1..], ReadBody(ref lines));
    }

    private static ReadOnlySpan<byte> ReadWords(ref HeaderLines lines)
    {
        var words = lines.Read()[Mark.Length..];
        var hasEmpty = words.IsEmpty || words[0] == ' ' || words[^1] == ' ' || words.IndexOf("  "u8) >= 0;
        return !hasEmpty && !words.ContainsAnyExceptInRange((byte)' ', (byte)'~')
            ? words
            : throw AgeException.Header("a stanza's first line is malformed");
    }

    private static byte[] ReadBody(ref HeaderLines lines)
    {
        var body = new List<byte>();
        Span<byte> bytes = stackalloc byte[CanonicalBase64.LineByteCount];
        int size;
        do
        {
            if (!CanonicalBase64.TryDecodeUnpadded(lines.Read(), bytes, out size))
            {
                throw AgeException.Header("a stanza's body is not canonical base64 in lines of 64 characters");
            }
            body.AddRange(bytes[..size]);
            if (body.Count > MaxBodySize)
            {
                throw AgeException.Header($"a stanza's body is longer than {MaxBodySize} bytes");
            }
        }
        while (size == bytes.Length);
        return [.. body];
    }

    /// <summary>The stanza as text. Bodies that we write fit into one line.</summary>
    public override string ToString() => $"-> {string.Join(' ', [Type, .. Arguments])}\n{CanonicalBase64.EncodeUnpadded(Body)}\n";
}
