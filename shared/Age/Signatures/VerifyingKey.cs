using System.Security.Cryptography;
using System.Text;
using Mirror.Age.Curves;
using Mirror.Age.Format;

namespace Mirror.Age.Signatures;

/// <summary>The public half of an ssh-ed25519 key, as in a <c>.pub</c> file: type, base64, and a comment.
/// Equality ignores the comment.</summary>
public sealed class VerifyingKey : IEquatable<VerifyingKey>
{
    internal const string Type = "ssh-ed25519";

    private readonly byte[] _key;

    internal VerifyingKey(ReadOnlySpan<byte> key, string comment)
    {
        _key = key.ToArray();
        Comment = comment;
    }

    public string Comment { get; }

    /// <summary>The fingerprint, as <c>ssh-keygen -l</c> shows it.</summary>
    public string Fingerprint => FingerprintOf(Blob);

    internal ReadOnlySpan<byte> Key => _key;

    /// <summary>The key on the wire, RFC 8709 section 4.</summary>
    internal ReadOnlySpan<byte> Blob => new SshWriter().String(Type).String(_key).Written;

    public static VerifyingKey Parse(string line)
    {
        // Never quoted, since users sometimes put a private key where a public one belongs.
        if (line.StartsWith("-----BEGIN", StringComparison.Ordinal))
        {
            throw new AgeKeyException("this is a private key, not a public key: use the line of its .pub file");
        }
        var words = line.Trim().Split(' ', 3);
        if (words.Length < 2 || words[0] != Type)
        {
            throw new AgeKeyException(
                $"not a public key of the type {Type}, and other types are not supported: ssh-keygen -t ed25519 makes one");
        }
        var comment = words.Length == 3 ? words[2].Trim() : "";
        CheckComment(comment);
        return TryReadBase64(words[1], comment) ?? throw new AgeKeyException($"the base64 of the {Type} key is damaged");
    }

    private static VerifyingKey? TryReadBase64(string text, string comment)
    {
        var base64 = Encoding.UTF8.GetBytes(text);
        var blob = new byte[base64.Length];
        return CanonicalBase64.TryDecode(base64, blob, out var size) ? TryReadBlob(blob.AsSpan(0, size), comment) : null;
    }

    internal static VerifyingKey? TryReadBlob(ReadOnlySpan<byte> blob, string comment)
    {
        var reader = new SshReader(blob);
        var type = reader.String();
        var key = reader.String();
        return reader.IsDone && type.SequenceEqual("ssh-ed25519"u8) && key.Length == Curve25519.KeySize
            ? new VerifyingKey(key, comment)
            : null;
    }

    internal static void CheckComment(string comment)
    {
        if (comment.Any(char.IsControl))
        {
            throw new AgeKeyException("the comment of the key is not one line of text");
        }
    }

    internal static string FingerprintOf(ReadOnlySpan<byte> blob) => $"SHA256:{CanonicalBase64.EncodeUnpadded(SHA256.HashData(blob))}";

    public bool Equals(VerifyingKey? other) => other is not null && Key.SequenceEqual(other.Key);

    public override bool Equals(object? obj) => Equals(obj as VerifyingKey);

    public override int GetHashCode() => BitConverter.ToInt32(_key);

    public override string ToString() => $"{Type} {Convert.ToBase64String(Blob)} {Comment}".TrimEnd();
}
