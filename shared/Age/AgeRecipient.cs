using Mirror.Age.Curves;
using Mirror.Age.Format;

namespace Mirror.Age;

/// <summary>The key to encrypt a file to: the public half of an X25519 key, <c>age1…</c>.</summary>
public sealed class AgeRecipient : IEquatable<AgeRecipient>
{
    private const string Prefix = "age";

    private readonly byte[] _key;

    internal AgeRecipient(byte[] key) => _key = key;

    internal ReadOnlySpan<byte> Key => _key;

    public static AgeRecipient Parse(string text)
    {
        // Never quoted, since users sometimes put a secret key where a recipient belongs.
        if (text.StartsWith(AgeIdentity.Start, StringComparison.OrdinalIgnoreCase))
        {
            throw new AgeKeyException("this is a secret key, not a recipient: use the output of age-keygen -y");
        }
        var key = new byte[Curve25519.KeySize];
        if (!Bech32.TryDecode(Prefix, text, key))
        {
            throw new AgeKeyException("not an age recipient: age1 and 58 characters are expected, and other types are not supported");
        }
        return CanShare(key)
            ? new AgeRecipient(key)
            : throw new AgeKeyException("the recipient is a point of small order: anyone could decrypt the file");
    }

    /// <summary>Reads one recipient per line; blank lines and lines that begin with <c>#</c> are skipped.</summary>
    public static IReadOnlyList<AgeRecipient> ParseFile(string text) => KeyFile.Parse(text, Parse);

    private static bool CanShare(ReadOnlySpan<byte> key)
    {
        Span<byte> any = stackalloc byte[Curve25519.KeySize];
        Span<byte> shared = stackalloc byte[Curve25519.KeySize];
        any.Clear();
        return Curve25519.TryX25519(any, key, shared);
    }

    public bool Equals(AgeRecipient? other) => other is not null && Key.SequenceEqual(other.Key);

    public override bool Equals(object? obj) => Equals(obj as AgeRecipient);

    public override int GetHashCode() => BitConverter.ToInt32(_key);

    public override string ToString() => Bech32.Encode(Prefix, _key);
}
