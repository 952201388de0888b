using System.Security.Cryptography;
using Mirror.Streams;

namespace Mirror.Mirroring;

/// <summary>
/// Passes on an object's bytes, and verifies size and digest at their end, before it reports the end. age's reader releases its last
/// chunk only then.
/// </summary>
internal sealed class DigestReader(Stream source, ChainEntry entry) : ReadOnlyStream
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private long _size;
    private bool _isChecked;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await source.ReadAsync(buffer, cancellationToken);
        _hash.AppendData(buffer.Span[..read]);
        _size += read;
        if (_size > entry.Size || (read == 0 && buffer.Length > 0 && !IsAsNamed()))
        {
            throw ChainException.BadBundle(entry, "these are not the bytes that the head names");
        }
        return read;
    }

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
