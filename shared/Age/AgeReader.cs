using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Mirror.Age.Format;
using Mirror.Streams;

namespace Mirror.Age;

/// <summary>
/// The plaintext of a file. It returns bytes of authenticated chunks only. The file is complete only when a read returns 0; until then
/// the plaintext may be cut off. The source stays open.
/// </summary>
[SuppressMessage("Naming", "CA1710", Justification = "a reader by use, a stream so that it can be stacked")]
public sealed class AgeReader : ReadOnlyStream
{
    private readonly byte[] _chunk = new byte[ChunkCipher.ChunkSize];
    private readonly ReadAhead _source;
    private readonly ChunkCipher _cipher;
    private ReadOnlyMemory<byte> _rest;
    private bool _isEnded;
    private bool _isDisposed;

    internal AgeReader(ReadAhead source, ChunkCipher cipher) => (_source, _cipher) = (source, cipher);

    /// <summary>See <see cref="AgeWriter.Fingerprint"/>.</summary>
    public required string Fingerprint { get; init; }

    public override bool CanRead => !_isDisposed;

    /// <exception cref="AgeException">The next chunk is not authentic, or the file is cut. Every later read throws this too.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (_rest.IsEmpty && !_isEnded && !buffer.IsEmpty)
        {
            await NextAsync(cancellationToken);
        }
        var size = Math.Min(buffer.Length, _rest.Length);
        _rest[..size].CopyTo(buffer);
        _rest = _rest[size..];
        return size;
    }

    private async ValueTask NextAsync(CancellationToken cancellation)
    {
        var isLast = !await _source.FillAsync(ChunkCipher.SealedSize + 1, cancellation);
        var size = isLast ? _source.Held.Length : ChunkCipher.SealedSize;
        if (size < ChunkCipher.TagSize)
        {
            throw AgeException.Truncated($"inside chunk {_cipher.Count}");
        }
        _rest = Open(_source.Held.Span[..size], isLast);
        _source.Skip(size);
        _isEnded = isLast;
    }

    private ReadOnlyMemory<byte> Open(ReadOnlySpan<byte> chunk, bool isLast)
    {
        var number = _cipher.Count;
        if (!_cipher.TryOpen(chunk, _chunk, isLast))
        {
            throw isLast && _cipher.TryOpen(chunk, _chunk, isLast: false)
                ? AgeException.Truncated($"after chunk {number}, which is not the last")
                : new AgeException(
                    AgeFailure.Payload, $"chunk {number} of the age file is not authentic: changed, out of its order, or cut short");
        }
        return chunk.Length > ChunkCipher.TagSize || number == 0
            ? _chunk.AsMemory(0, chunk.Length - ChunkCipher.TagSize)
            : throw new AgeException(AgeFailure.Payload, $"chunk {number} of the age file is empty");
    }

    protected override void Dispose(bool disposing)
    {
        _isDisposed = true;
        CryptographicOperations.ZeroMemory(_chunk);
        _cipher.Dispose();
        base.Dispose(disposing);
    }
}
