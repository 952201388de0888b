using System.Security.Cryptography;
using System.Text;
using Mirror.Age.Curves;

namespace Mirror.Age.Format;

/// <summary>
/// The stanza for an X25519 recipient, age-encryption.org/v1, "X25519 recipient stanza". Its argument is an ephemeral share. Its body is
/// the file key, encrypted with a key derived from the shared secret of ephemeral key and recipient.
/// </summary>
internal sealed record X25519Stanza(byte[] Share, byte[] Body)
{
    public const string Type = "X25519";

    private const int BodySize = FileKey.Size + ChunkCipher.TagSize;

    // All zero, since each wrapping key is used only once.
    private static ReadOnlySpan<byte> Nonce => [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];

    public static Stanza Wrap(FileKey key, AgeRecipient recipient)
    {
        var ephemeral = AgeIdentity.Generate();
        var share = ephemeral.Recipient.Key;
        var body = new byte[BodySize];
        using var cipher = TryCipher(ephemeral, recipient.Key, Salt(share, recipient.Key))
            ?? throw new InvalidOperationException("a recipient of small order was not refused when it was read");
        cipher.Encrypt(Nonce, key.Key, body.AsSpan(0, FileKey.Size), body.AsSpan(FileKey.Size));
        return new Stanza(Type, [CanonicalBase64.EncodeUnpadded(share)], body);
    }

    public static X25519Stanza Parse(Stanza stanza)
    {
        var share = new byte[CanonicalBase64.LineByteCount];
        // The body's size is checked before decryption,
        // since a longer body could be made to decrypt under many keys (partitioning oracle).
        return stanza.Arguments.Count == 1
            && CanonicalBase64.TryDecodeUnpadded(Encoding.ASCII.GetBytes(stanza.Arguments[0]), share, out var size)
            && size == Curve25519.KeySize
            && stanza.Body.Length == BodySize
            ? new X25519Stanza(share[..size], stanza.Body)
            : throw AgeException.Header("an X25519 stanza is malformed");
    }

    /// <summary>The file key, or null if the stanza is for another recipient.</summary>
    public FileKey? TryUnwrap(AgeIdentity identity)
    {
        using var cipher = TryCipher(identity, Share, Salt(Share, identity.Recipient.Key))
            ?? throw AgeException.Header("the share of an X25519 stanza is a point of small order");
        var key = new byte[FileKey.Size];
        try
        {
            cipher.Decrypt(Nonce, Body.AsSpan(0, FileKey.Size), Body.AsSpan(FileKey.Size), key);
            return new FileKey(key);
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }

    private static byte[] Salt(ReadOnlySpan<byte> share, ReadOnlySpan<byte> recipient) => [.. share, .. recipient];

    /// <summary>The cipher with the wrapping key, or null if the shared secret is all zero.</summary>
    private static ChaCha20Poly1305? TryCipher(AgeIdentity own, ReadOnlySpan<byte> peer, ReadOnlySpan<byte> salt)
    {
        Span<byte> shared = stackalloc byte[Curve25519.KeySize];
        if (!Curve25519.TryX25519(own.Secret, peer, shared))
        {
            return null;
        }
        Span<byte> key = stackalloc byte[Curve25519.KeySize];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, shared, key, salt, "age-encryption.org/v1/X25519"u8);
        var cipher = new ChaCha20Poly1305(key);
        CryptographicOperations.ZeroMemory(shared);
        CryptographicOperations.ZeroMemory(key);
        return cipher;
    }
}
