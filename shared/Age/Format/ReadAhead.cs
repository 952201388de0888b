namespace Mirror.Age.Format;

/// <summary>Reads some of the next bytes of a source; 0 at its end. Implemented by streams and by <see cref="Armor"/>.</summary>
internal delegate ValueTask<int> ReadBytes(Memory<byte> buffer, CancellationToken cancellation);

/// <summary>
/// Bytes that were read from a source but not used yet. The buffer holds one byte more than a sealed chunk, since a chunk is the last one
/// only if the source ends behind it.
/// </summary>
internal sealed class ReadAhead(ReadBytes read)
{
    private readonly byte[] _buffer = new byte[ChunkCipher.SealedSize + 1];
    private int _start;
    private int _end;

    public ReadOnlyMemory<byte> Held => _buffer.AsMemory(_start, _end - _start);

    /// <summary>Reads until <paramref name="size"/> bytes are held; false if the source ends first.</summary>
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
