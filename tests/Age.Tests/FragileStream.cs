namespace Mirror.Age.Tests;

/// <summary>Fails once, when its turn comes, as a disk or a network does, and works before and after. It never answers at once.</summary>
internal sealed class FragileStream(int failing, byte[] bytes) : MemoryStream(bytes)
{
    private int _turn;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await FailAsync();
        return await base.ReadAsync(buffer[..Math.Min(1000, buffer.Length)], cancellationToken);
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await FailAsync();
        await base.WriteAsync(buffer, cancellationToken);
    }

    private async Task FailAsync()
    {
        await Task.Yield();
        if (_turn++ == failing)
        {
            throw new IOException("no space left on device");
        }
    }
}
