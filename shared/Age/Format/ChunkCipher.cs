using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Mirror.Age.Format;

/// <summary>
/// The payload's chunks, age-encryption.org/v1, "Payload": 64 KiB each, the last may be shorter. The nonce of a chunk is its number in
/// eleven bytes, and a byte that is 1 in the last chunk. Chunks are sealed and opened in order.
/// </summary>
internal sealed class ChunkCipher(ReadOnlySpan<byte> key) : IDisposable
{
    public const int ChunkSize = 64 * 1024;
    public const int TagSize = 16;
    public const int SealedSize = ChunkSize + TagSize;

    private const int NonceSize = 12;

    private readonly ChaCha20Poly1305 _cipher = new(key);

    /// <summary>The number of chunks sealed or opened so far.</summary>
    public long Count { get; private set; }

    /// <summary>Seals the first <paramref name="size"/> bytes of a chunk in place, and appends the tag.</summary>
    public void Seal(Span<byte> chunk, int size, bool isLast)
    {
        Span<byte> nonce = stackalloc byte[NonceSize];
        WriteNonce(nonce, isLast);
        _cipher.Encrypt(nonce, chunk[..size], chunk[..size], chunk.Slice(size, TagSize));
        Count++;
    }

    /// <summary>Opens a sealed chunk. False, without any plaintext, if it is not authentic at this position.</summary>
    public bool TryOpen(ReadOnlySpan<byte> chunk, Span<byte> destination, bool isLast)
    {
        Span<byte> nonce = stackalloc byte[NonceSize];
        WriteNonce(nonce, isLast);
        try
        {
            _cipher.Decrypt(nonce, chunk[..^TagSize], chunk[^TagSize..], destination[..(chunk.Length - TagSize)]);
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }
        Count++;
        return true;
    }

    private void WriteNonce(Span<byte> nonce, bool isLast)
    {
        nonce.Clear();
        BinaryPrimitives.WriteInt64BigEndian(nonce[3..^1], Count);
        nonce[^1] = isLast ? (byte)1 : (byte)0;
    }

    public void Dispose() => _cipher.Dispose();
}
