using System.Security.Cryptography;

namespace Mirror.Age.Format;

/// <summary>The key of one file and the keys derived from it, age-encryption.org/v1, "File key". Each stanza wraps this key.</summary>
internal sealed class FileKey(byte[] key) : IDisposable
{
    public const int Size = 16;
    public const int MacSize = 32;
    public const int NonceSize = 16;

    private const int DerivedSize = 32;

    public ReadOnlySpan<byte> Key => key;

    public static FileKey Generate() => new(RandomNumberGenerator.GetBytes(Size));

    /// <summary>The MAC over a header up to and including its <c>---</c>.</summary>
    public byte[] ComputeMac(ReadOnlySpan<byte> header)
    {
        Span<byte> macKey = stackalloc byte[DerivedSize];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, key, macKey, salt: [], info: "header"u8);
        var mac = HMACSHA256.HashData(macKey, header);
        CryptographicOperations.ZeroMemory(macKey);
        return mac;
    }

    public ChunkCipher PayloadCipher(ReadOnlySpan<byte> nonce)
    {
        Span<byte> payloadKey = stackalloc byte[DerivedSize];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, key, payloadKey, salt: nonce, info: "payload"u8);
        var cipher = new ChunkCipher(payloadKey);
        CryptographicOperations.ZeroMemory(payloadKey);
        return cipher;
    }

    public void Dispose() => CryptographicOperations.ZeroMemory(key);
}
