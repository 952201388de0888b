using System.Security.Cryptography;

namespace Mirror.Mirroring;

/// <summary>
/// Passes on the bytes of an object that a head names, and says at their end, before anyone may take it for the end, whether they are the
/// ones that it means. age's reader releases its last chunk only then.
/// </summary>
internal sealed class DigestReader(Stream source, ChainEntry entry) : Stream
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private long _size;
    private bool _isChecked;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await source.ReadAsync(buffer, cancellationToken);
        _hash.AppendData(buffer.Span[..read]);
        _size += read;
        if (_size > entry.Size || (read == 0 && buffer.Length > 0 && !IsAsNamed()))
        {
            throw new ChainException(ChainFailure.BadBundle, $"bundle {entry.Sequence}: these are not the bytes that the head names");
        }
        return read;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("read asynchronously");

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _hash.Dispose();
        }
        base.Dispose(disposing);
    }

    private bool IsAsNamed()
    {
        _isChecked = _isChecked || (_size == entry.Size && Convert.ToHexStringLower(_hash.GetHashAndReset()) == entry.Sha256);
        return _isChecked;
    }
}
