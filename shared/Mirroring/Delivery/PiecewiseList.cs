using System.Collections;

namespace Mirror.Mirroring;

/// <summary>
/// A list in pieces below 85,000 bytes, since larger arrays live on the large object heap until a full collection.
/// Nothing is copied when it grows.
/// </summary>
internal sealed class PiecewiseList<T> : IReadOnlyList<T>
{
    private const int PieceSize = 512;

    private readonly List<T[]> _pieces = [];

    public int Count { get; private set; }

    public T this[int index] =>
        index < Count ? _pieces[index / PieceSize][index % PieceSize] : throw new ArgumentOutOfRangeException(nameof(index));

    public void Add(T item)
    {
        var index = Count % PieceSize;
        if (index == 0)
        {
            // Only the first piece begins small, since most mirrors change little.
            _pieces.Add(new T[Count == 0 ? 4 : PieceSize]);
        }
        var piece = _pieces[^1];
        if (index == piece.Length)
        {
            Array.Resize(ref piece, 2 * index);
            _pieces[^1] = piece;
        }
        piece[index] = item;
        Count++;
    }

    public IEnumerator<T> GetEnumerator()
    {
        for (var i = 0; i < Count; i++)
        {
            yield return this[i];
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
