using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Mirror.Age.Format;
using Mirror.Streams;

namespace Mirror.Age;

/// <summary>
/// Encrypts the written bytes, chunk by chunk. Only <see cref="CompleteAsync"/> seals the last chunk. Disposal does not, so that a failed
/// run cannot leave a shorter file that is authentic. The destination stays open; its owner flushes it.
/// </summary>
[SuppressMessage("Naming", "CA1710", Justification = "a writer by use, a stream so that it can be stacked")]
public sealed class AgeWriter : WriteOnlyStream
{
    private readonly byte[] _chunk = new byte[ChunkCipher.SealedSize];
    private readonly Stream _destination;
    private readonly ChunkCipher _cipher;
    private ReadOnlyMemory<byte> _header;
    private int _size;
    private bool _isClosed;

    internal AgeWriter(Stream destination, ReadOnlyMemory<byte> header, ChunkCipher cipher) =>
        (_destination, _header, _cipher) = (destination, header, cipher);

    /// <summary>
    /// The SHA-256 of all bytes before the first chunk. A second file with this fingerprint needs the file key, which only the writer and
    /// the recipients know. So a reader that trusts the fingerprint can trust each chunk as it comes.
    /// </summary>
    public required string Fingerprint { get; init; }

    public override bool CanWrite => !_isClosed;

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ThrowIfClosed();
        while (!buffer.IsEmpty)
        {
            // A full chunk is sealed when the next byte arrives, since only then is it known not to be the last.
            if (_size == ChunkCipher.ChunkSize)
            {
                await SealAsync(isLast: false, cancellationToken);
            }
            var size = Math.Min(buffer.Length, ChunkCipher.ChunkSize - _size);
            buffer[..size].CopyTo(_chunk.AsMemory(_size));
            buffer = buffer[size..];
            _size += size;
        }
    }

    /// <summary>Seals the last chunk, without which the file does not decrypt. Nothing can be written afterwards.</summary>
    public async ValueTask CompleteAsync(CancellationToken cancellation)
    {
        ThrowIfClosed();
        await SealAsync(isLast: true, cancellation);
        _isClosed = true;
    }

    private async ValueTask SealAsync(bool isLast, CancellationToken cancellation)
    {
        // Closed until the destination has accepted the chunk. After a failed write it is unknown how much arrived, and a chunk must not
        // be sealed twice.
        _isClosed = true;
        _cipher.Seal(_chunk, _size, isLast);
        if (!_header.IsEmpty)
        {
            await _destination.WriteAsync(_header, cancellation);
            _header = default;
        }
        await _destination.WriteAsync(_chunk.AsMemory(0, _size + ChunkCipher.TagSize), cancellation);
        _size = 0;
        _isClosed = false;
    }

    private void ThrowIfClosed()
    {
        if (_isClosed)
        {
            throw new InvalidOperationException("the age file is complete, disposed, or broken by a write that failed");
        }
    }

    protected override void Dispose(bool disposing)
    {
        _isClosed = true;
        CryptographicOperations.ZeroMemory(_chunk);
        _cipher.Dispose();
        base.Dispose(disposing);
    }
}
