using System.Buffers;
using Mirror.Git;

namespace Mirror.Mirroring;

/// <summary>Copies a pack to its destination through one buffer.</summary>
internal sealed class PackTransfer
{
    // Servers send packets of 8 kB and more. The target gets larger writes, as long as the next packet arrives soon.
    private const int BufferSize = 128 * 1024;
    private const int WriteFrom = BufferSize / 2;

    private readonly Stream _pack;
    private readonly TransferMeter _meter;

    // The header, which was read to check that it is a pack.
    private readonly byte[] _header;

    private PackTransfer(Stream pack, uint count, TransferMeter meter, byte[] header)
    {
        (_pack, ObjectCount, _meter, _header) = (pack, count, meter, header);
        meter.Begin(count);
    }

    /// <summary>Copies a pack from its first byte, with the object count of its header.</summary>
    public PackTransfer(Stream pack, uint count, TransferMeter meter)
        : this(pack, count, meter, header: [])
    {
    }

    /// <summary>The number of objects in the pack's header.</summary>
    public uint ObjectCount { get; }

    /// <summary>Reads the pack's header, so that a source that sends no pack is noticed before the target is contacted.</summary>
    public static async Task<PackTransfer> BeginAsync(Stream pack, RemoteUrl source, TransferMeter meter, CancellationToken cancellation)
    {
        var header = new byte[PackHeader.Size];
        var size = await pack.ReadAtLeastAsync(header, header.Length, throwOnEndOfStream: false, cancellation);
        if (!PackHeader.TryRead(header.AsSpan(0, size), out var count))
        {
            throw new RemoteException(RemoteFailure.Malformed, source.ToString(), "fetch", "what was sent is not a pack");
        }
        return new PackTransfer(pack, count, meter, header);
    }

    public async Task CopyToAsync(Stream target, CancellationToken cancellation)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            _header.CopyTo(buffer, 0);
            var kept = _header.Length;
            int read;
            do
            {
                read = await _pack.ReadAtLeastAsync(buffer.AsMemory(kept, BufferSize - kept), WriteFrom, throwOnEndOfStream: false,
                    cancellation);
                await target.WriteAsync(buffer.AsMemory(0, kept + read), cancellation);
                _meter.Count(kept + read);
                kept = 0;
            }
            while (read > 0);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
