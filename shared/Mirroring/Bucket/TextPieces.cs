using System.Buffers;

namespace Mirror.Mirroring;

/// <summary>A text in pieces below 85,000 bytes, since larger arrays live on the large object heap until a full collection.</summary>
/// <param name="pieces">Buffers to use first. New ones are added to the list.</param>
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

    /// <summary>Reads to the end of a source, or until the text has <paramref name="maximumSize"/> bytes.</summary>
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
