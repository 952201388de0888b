using System.Security.Cryptography;
using System.Text;

namespace Mirror.Age.Format;

/// <summary>
/// The text before the payload, age-encryption.org/v1, "Header": a version line, a stanza for each recipient, and <c>---</c> with a MAC
/// over everything before it.
/// </summary>
internal sealed record Header(IReadOnlyList<Stanza> Stanzas, ReadOnlyMemory<byte> MacInput, byte[] Mac)
{
    /// <summary>
    /// The format has no limit. This size has room for <see cref="MaxStanzaCount"/> of our own stanzas,
    /// and the buffer for a chunk has it anyway.
    /// </summary>
    public const int MaxSize = ChunkCipher.ChunkSize;

    /// <summary>Trying an identity on a stanza takes a tenth of a millisecond,
    /// and the writer of the file chooses the number of stanzas.</summary>
    public const int MaxStanzaCount = 512;

    private const string MacMark = "---";

    // The mark, a space, 32 bytes in base64, and a line feed.
    private const int LastLineSize = 3 + 1 + 43 + 1;

    private static ReadOnlySpan<byte> Version => "age-encryption.org/v1\n"u8;

    public static string Write(FileKey key, IReadOnlyList<AgeRecipient> recipients)
    {
        var text = new StringBuilder(Encoding.ASCII.GetString(Version));
        foreach (var recipient in recipients)
        {
            text.Append(X25519Stanza.Wrap(key, recipient));
        }
        text.Append(MacMark);
        var mac = key.ComputeMac(Encoding.ASCII.GetBytes(text.ToString()));
        return $"{text} {CanonicalBase64.EncodeUnpadded(mac)}\n";
    }

    /// <summary>The header as it was read. The format has only one way to write it.</summary>
    public byte[] ToBytes() => [.. MacInput.Span, .. Encoding.ASCII.GetBytes($" {CanonicalBase64.EncodeUnpadded(Mac)}\n")];

    /// <summary>Reads up to the first byte of the payload.</summary>
    public static async ValueTask<Header> ReadAsync(ReadAhead source, CancellationToken cancellation)
    {
        int size;
        while ((size = FindEnd(source.Held.Span)) < 0)
        {
            if (!await source.FillAsync(source.Held.Length + 1, cancellation))
            {
                throw AgeException.Truncated("inside its header");
            }
        }
        var header = Parse(source.Held[..size].ToArray());
        source.Skip(size);
        return header;
    }

    /// <summary>The header's size, or -1 while its end has not been read. Only the last line begins with the mark of the MAC.</summary>
    private static int FindEnd(ReadOnlySpan<byte> held)
    {
        if (!held.StartsWith(Version[..Math.Min(held.Length, Version.Length)]))
        {
            throw AgeException.Header("not an age file of version 1");
        }
        var last = held.IndexOf("\n---"u8) + 1;
        var size = last > 0 ? last + LastLineSize : held.Length + 1;
        if (size > MaxSize)
        {
            throw AgeException.Header($"longer than {MaxSize} bytes");
        }
        return size <= held.Length ? size : -1;
    }

    private static Header Parse(ReadOnlyMemory<byte> header)
    {
        var lines = new HeaderLines(header.Span[Version.Length..]);
        var stanzas = new List<Stanza>();
        while (lines.Rest.StartsWith(Stanza.Mark))
        {
            stanzas.Add(Stanza.Read(ref lines));
        }
        if (stanzas.Count is 0 or > MaxStanzaCount)
        {
            throw AgeException.Header($"{stanzas.Count} stanzas where 1 to {MaxStanzaCount} can be");
        }
        var mac = ParseMac(lines.Rest);
        return new Header(stanzas, header[..^(LastLineSize - MacMark.Length)], mac);
    }

    private static byte[] ParseMac(ReadOnlySpan<byte> line)
    {
        var mac = new byte[CanonicalBase64.LineByteCount];
        return line.Length == LastLineSize && line.StartsWith("--- "u8) && line[^1] == '\n'
            && CanonicalBase64.TryDecodeUnpadded(line[4..^1], mac, out var size)
            && size == FileKey.MacSize
            ? mac[..size]
            : throw AgeException.Header("the line with the MAC is malformed");
    }

    /// <summary>Unwraps the file key with one of the identities, and verifies the header's MAC.</summary>
    public FileKey Unwrap(IReadOnlyList<AgeIdentity> identities)
    {
        if (Stanzas.Count > 1 && Stanzas.Any(stanza => stanza.Type == "scrypt"))
        {
            throw AgeException.Header("a scrypt stanza is not alone");
        }
        // All stanzas are parsed before any is opened, so that the same header is valid or invalid for every identity.
        var stanzas = Stanzas.Where(stanza => stanza.Type == X25519Stanza.Type).Select(X25519Stanza.Parse).ToList();
        var key = stanzas.SelectMany(_ => identities, (stanza, identity) => stanza.TryUnwrap(identity))
            .FirstOrDefault(found => found is not null)
            ?? throw new AgeException(AgeFailure.NoIdentity,
                $"no identity opens the age file: tried {identities.Count} on {stanzas.Count} X25519 stanzas");
        if (CryptographicOperations.FixedTimeEquals(key.ComputeMac(MacInput.Span), Mac))
        {
            return key;
        }
        key.Dispose();
        throw new AgeException(AgeFailure.HeaderMac, "the age header was changed after it was written: its MAC is wrong");
    }
}
