using System.Security.Cryptography;
using Mirror.Streams;

namespace Mirror.Mirroring;

/// <summary>Passes on the written bytes, and computes their size and digest.</summary>
internal sealed class DigestWriter(Stream destination) : WriteOnlyStream
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public long Size { get; private set; }

    /// <summary>The SHA-256 of all written bytes, in lower-case digits. Can be called once.</summary>
    public string Finish() => Convert.ToHexStringLower(_hash.GetHashAndReset());

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        _hash.AppendData(buffer.Span);
        Size += buffer.Length;
        return destination.WriteAsync(buffer, cancellationToken);
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => destination.FlushAsync(cancellationToken);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _hash.Dispose();
        }
        base.Dispose(disposing);
    }
}
