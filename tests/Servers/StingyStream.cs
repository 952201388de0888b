namespace Mirror.Tests.Servers;

/// <summary>Hands out one byte at a time, and none of them at once: what a reader meets on the worst of networks.</summary>
public sealed class StingyStream(byte[] bytes) : MemoryStream(bytes)
{
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await Task.Yield();
        return await base.ReadAsync(buffer[..Math.Min(1, buffer.Length)], cancellationToken);
    }
}
