using System.Security.Cryptography;
using Mirror.Git;
using Mirror.Streams;

namespace Mirror.Mirroring;

/// <summary>Takes a pack and says whether its last bytes are the hash of all before them, gitformat-pack(5).</summary>
internal sealed class PackChecksum : WriteOnlyStream
{
    private readonly IncrementalHash _hash;

    // What came last, which may turn out to be the checksum.
    private readonly byte[] _tail;
    private int _tailSize;

    public PackChecksum(ObjectFormat format)
    {
#pragma warning disable CA5350 // SHA-1 is what the format says.
        _hash = IncrementalHash.CreateHash(format == ObjectFormat.Sha256 ? HashAlgorithmName.SHA256 : HashAlgorithmName.SHA1);
#pragma warning restore CA5350
        _tail = new byte[format.Size];
    }

    /// <summary>Once, after the last byte.</summary>
    public bool IsRight() => _tailSize == _tail.Length && _hash.GetHashAndReset().AsSpan().SequenceEqual(_tail);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Append(buffer.Span);
        return ValueTask.CompletedTask;
    }

    private void Append(ReadOnlySpan<byte> buffer)
    {
        var known = Math.Max(0, _tailSize + buffer.Length - _tail.Length);
        var fromTail = Math.Min(known, _tailSize);
        _hash.AppendData(_tail.AsSpan(0, fromTail));
        _hash.AppendData(buffer[..(known - fromTail)]);
        _tail.AsSpan(fromTail, _tailSize - fromTail).CopyTo(_tail);
        _tailSize -= fromTail;
        buffer[(known - fromTail)..].CopyTo(_tail.AsSpan(_tailSize));
        _tailSize += buffer.Length - (known - fromTail);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _hash.Dispose();
        }
        base.Dispose(disposing);
    }
}
