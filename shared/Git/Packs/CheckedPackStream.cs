using Mirror.Git.Protocol;
using Mirror.Streams;

namespace Mirror.Git;

/// <summary>Passes a pack on and checks it. A fault is thrown before the reader sees the end of the pack.</summary>
internal sealed class CheckedPackStream(Stream pack, PackCheck check) : ReadOnlyStream
{
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await pack.ReadAsync(buffer, cancellationToken);
        check.Append(buffer.Span[..read]);
        var fault = read == 0 && buffer.Length > 0 ? check.Finish() : check.Fault;
        return fault is null ? read : throw GitProtocolException.Malformed(fault);
    }
}
