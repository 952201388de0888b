using System.Collections;

namespace Mirror.Git;

/// <summary>
/// Ids in the order in which they were added, packed: one byte for the size, then the id. The pieces stay below 85,000 bytes, since
/// larger arrays live on the large object heap until a full collection. An array of <see cref="ObjectId"/> has room for SHA-256 in each
/// element, and is copied when it grows.
/// </summary>
public sealed class ObjectIdList : IReadOnlyList<ObjectId>
{
    private const int CountOfPiece = 1024;

    private readonly List<byte[]> _pieces = [];

    // For the largest id so far. All ids of one repository have the same size.
    private int _slotSize;

    public int Count { get; private set; }

    public ObjectId this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(index);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
            var slot = _pieces[index / CountOfPiece].AsSpan(index % CountOfPiece * _slotSize);
            return ObjectId.FromBytes(slot.Slice(1, slot[0]));
        }
    }

    public void Add(ObjectId id)
    {
        var raw = id.Raw;
        if (raw.Length >= _slotSize)
        {
            Widen(raw.Length + 1);
        }
        var start = Count % CountOfPiece * _slotSize;
        if (start == 0)
        {
            // Only the first piece begins small, since most mirrors have few refs.
            _pieces.Add(new byte[(Count == 0 ? 4 : CountOfPiece) * _slotSize]);
        }
        var piece = _pieces[^1];
        if (start == piece.Length)
        {
            Array.Resize(ref piece, 2 * start);
            _pieces[^1] = piece;
        }
        piece[start] = (byte)raw.Length;
        raw.CopyTo(piece.AsSpan(start + 1));
        Count++;
    }

    public IEnumerator<ObjectId> GetEnumerator()
    {
        for (var i = 0; i < Count; i++)
        {
            yield return this[i];
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private void Widen(int slotSize)
    {
        var wider = new ObjectIdList { _slotSize = slotSize };
        foreach (var id in this)
        {
            wider.Add(id);
        }
        _pieces.Clear();
        _pieces.AddRange(wider._pieces);
        _slotSize = slotSize;
    }
}
