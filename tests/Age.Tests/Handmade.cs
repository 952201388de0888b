using System.Security.Cryptography;
using System.Text;
using Mirror.Age.Format;

namespace Mirror.Age.Tests;

/// <summary>Age files put together by hand, legal or not, all with one file key.</summary>
internal static class Handmade
{
    public const string VersionLine = "age-encryption.org/v1\n";

    private const int ChunkSize = 65536;

    private static readonly byte[] Nonce = [.. Enumerable.Range(1, 16).Select(i => (byte)i)];

    /// <summary>The stanza for <see cref="Sealed.Identity"/>, the same each time.</summary>
    public static string Stanza { get; } = StanzaFor(Sealed.Identity.Recipient);

    public static string Share => Stanza.Split('\n')[0]["-> X25519 ".Length..];

    public static string Body => Stanza.Split('\n')[1];

    public static string StanzaFor(AgeRecipient recipient) => X25519Stanza.Wrap(Key(), recipient).ToString();

    /// <summary>A header of these stanzas under the right MAC.</summary>
    public static string Header(string stanzas, string version = VersionLine) =>
        $"{version}{stanzas}--- {MacOf($"{version}{stanzas}---")}\n";

    public static string MacOf(string header)
    {
        using var key = Key();
        return Convert.ToBase64String(key.ComputeMac(Bytes(header))).TrimEnd('=');
    }

    public static byte[] File(string header, params byte[][] chunks) => [.. Bytes(header), .. Nonce, .. chunks.SelectMany(chunk => chunk)];

    /// <summary>A legal header, and after it these chunks.</summary>
    public static byte[] FileOf(params byte[][] chunks) => File(Header(Stanza), chunks);

    public static byte[] Chunk(int number, int size, bool isLast)
    {
        var payloadKey = HKDF.DeriveKey(HashAlgorithmName.SHA256, KeyBytes(), 32, salt: Nonce, info: "payload"u8.ToArray());
        using var cipher = new ChaCha20Poly1305(payloadKey);
        var nonce = new byte[12];
        (nonce[10], nonce[11]) = ((byte)number, (byte)(isLast ? 1 : 0));
        var chunk = new byte[size + 16];
        cipher.Encrypt(nonce, Enumerable.Repeat((byte)('a' + number), size).ToArray(), chunk.AsSpan(0, size), chunk.AsSpan(size));
        return chunk;
    }

    public static byte[] FullChunk(int number) => Chunk(number, ChunkSize, isLast: false);

    /// <summary>The same bits in another spelling: with one bit set that no byte uses.</summary>
    public static string NonCanonical(string base64)
    {
        const string alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        return $"{base64[..^1]}{alphabet[alphabet.IndexOf(base64[^1], StringComparison.Ordinal) | 1]}";
    }

    public static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);

    private static FileKey Key() => new(KeyBytes());

    private static byte[] KeyBytes() => "sixteen bytes ok"u8.ToArray();
}
