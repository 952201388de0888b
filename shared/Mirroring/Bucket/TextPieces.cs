using System.Buffers;

namespace Mirror.Mirroring;

/// <summary>
/// A text that is held, in pieces below the 85,000 bytes from which an array lives until a full collection.
/// </summary>
/// <param name="pieces">The room that there is already; more is added to it.</param>
internal sealed class TextPieces(List<byte[]> pieces)
{
    private const int PieceSize = 64 * 1024;

    public int Size { get; private set; }

    public ReadOnlySequence<byte> Sequence
    {
        get
        {
            var first = new BytesSegment(ReadOnlyMemory<byte>.Empty, null);
            var last = first;
            for (var start = 0; start < Size; start += PieceSize)
            {
                last = new BytesSegment(pieces[start / PieceSize].AsMemory(0, Math.Min(PieceSize, Size - start)), last);
            }
            return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
        }
    }

    public void Add(ReadOnlySpan<byte> text)
    {
        while (!text.IsEmpty)
        {
            var room = Room().Span;
            var size = Math.Min(room.Length, text.Length);
            text[..size].CopyTo(room);
            text = text[size..];
            Size += size;
        }
    }

    /// <summary>Reads on to the end of a source, or so far that there are as many bytes as that.</summary>
    public async Task ReadAsync(Stream source, int maximumSize, CancellationToken cancellation)
    {
        while (Size < maximumSize)
        {
            var room = Room();
            var read = await source.ReadAsync(room[..Math.Min(room.Length, maximumSize - Size)], cancellation);
            if (read == 0)
            {
                return;
            }
            Size += read;
        }
    }

    private Memory<byte> Room()
    {
        if (Size / PieceSize == pieces.Count)
        {
            pieces.Add(GC.AllocateUninitializedArray<byte>(PieceSize));
        }
        return pieces[Size / PieceSize].AsMemory(Size % PieceSize);
    }
}
