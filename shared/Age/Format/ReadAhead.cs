namespace Mirror.Age.Format;

/// <summary>Reads some of a source's next bytes; 0 at its end. A stream's own method, or <see cref="Armor"/>'s.</summary>
internal delegate ValueTask<int> ReadBytes(Memory<byte> buffer, CancellationToken cancellation);

/// <summary>
/// What was read from a source and not yet used. It holds one byte more than a sealed chunk, since the last chunk is known only by the
/// end of the source behind it.
/// </summary>
internal sealed class ReadAhead(ReadBytes read)
{
    private readonly byte[] _buffer = new byte[ChunkCipher.SealedSize + 1];
    private int _start;
    private int _end;

    public ReadOnlyMemory<byte> Held => _buffer.AsMemory(_start, _end - _start);

    /// <summary>Reads until <paramref name="size"/> bytes are held; false when the source ends before.</summary>
    public async ValueTask<bool> FillAsync(int size, CancellationToken cancellation)
    {
        while (Held.Length < size)
        {
            Held.CopyTo(_buffer);
            (_start, _end) = (0, Held.Length);
            var count = await read(_buffer.AsMemory(_end), cancellation);
            if (count == 0)
            {
                return false;
            }
            _end += count;
        }
        return true;
    }

    public void Skip(int size) => _start += size;
}
