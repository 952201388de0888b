using System.Buffers;
using System.Buffers.Binary;
using Mirror.Git;

namespace Mirror.Mirroring;

/// <summary>Carries a pack from a source to a target through one buffer.</summary>
internal sealed class PackTransfer
{
    // One side-band packet is at most this (gitprotocol-pack(5)), so a read takes a whole one.
    private const int BufferSize = 64 * 1024;

    // gitformat-pack(5): "PACK", version, count.
    private const int HeaderSize = 12;

    private readonly Stream _pack;
    private readonly TransferMeter _meter;
    private readonly byte[] _header = new byte[HeaderSize];

    private PackTransfer(Stream pack, TransferMeter meter) => (_pack, _meter) = (pack, meter);

    /// <summary>Reads the pack's header, so that a source that sends none is known before the target is spoken to.</summary>
    public static async Task<PackTransfer> BeginAsync(Stream pack, RemoteUrl source, TransferMeter meter, CancellationToken cancellation)
    {
        var transfer = new PackTransfer(pack, meter);
        var header = transfer._header;
        var size = await pack.ReadAtLeastAsync(header, HeaderSize, throwOnEndOfStream: false, cancellation);
        if (size < HeaderSize || !header.AsSpan().StartsWith("PACK"u8) || BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(4)) is not (2 or 3))
        {
            throw new RemoteException(RemoteFailure.Malformed, source.ToString(), "fetch", "what was sent is not a pack");
        }
        meter.Begin(BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(8)));
        return transfer;
    }

    public async Task CopyToAsync(Stream target, CancellationToken cancellation)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            await WriteAsync(target, _header, cancellation);
            int size;
            while ((size = await _pack.ReadAsync(buffer.AsMemory(0, BufferSize), cancellation)) > 0)
            {
                await WriteAsync(target, buffer.AsMemory(0, size), cancellation);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async Task WriteAsync(Stream target, ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        await target.WriteAsync(bytes, cancellation);
        _meter.Count(bytes.Length);
    }
}
