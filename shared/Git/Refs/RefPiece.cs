namespace Mirror.Git;

/// <summary>
/// Some refs of a <see cref="RefList"/>, one behind the other:
/// <code>
/// byte    size of the id, 20 or 32
/// byte[]  id
/// byte[]  name, to where the next ref begins
/// </code>
/// Written bytes never change, so that a <see cref="RefName"/> may point at them.
/// </summary>
internal sealed class RefPiece
{
    // Larger arrays, from 85,000 bytes on, live on the large object heap until a full collection. Only the first piece grows to this
    // size, since most repositories have few refs.
    private const int MaxSize = 32 * 1024;

    private byte[] _bytes;
    private int[] _ends = new int[4];

    public RefPiece(int first, ReadOnlySpan<byte> name, ObjectId id)
    {
        First = first;
        // A name from a file may be longer than any name that a server accepts.
        _bytes = new byte[first == 0 ? SizeOf(name, id) : Math.Max(MaxSize, SizeOf(name, id))];
        Append(name, id);
    }

    /// <summary>The index of the piece's first ref in the list.</summary>
    public int First { get; }

    public int Count { get; private set; }

    public Ref this[int index]
    {
        get
        {
            var start = index == 0 ? 0 : _ends[index - 1];
            var size = _bytes[start];
            var name = start + 1 + size;
            return new Ref(new RefName(_bytes, name, _ends[index] - name), ObjectId.FromBytes(_bytes.AsSpan(start + 1, size)));
        }
    }

    /// <summary>False if the piece has no room for the ref.</summary>
    public bool TryAdd(ReadOnlySpan<byte> name, ObjectId id)
    {
        var size = _ends[Count - 1] + SizeOf(name, id);
        if (size > Math.Max(MaxSize, _bytes.Length))
        {
            return false;
        }
        if (size > _bytes.Length)
        {
            Array.Resize(ref _bytes, Math.Min(Math.Max(size, 2 * _bytes.Length), MaxSize));
        }
        Append(name, id);
        return true;
    }

    /// <summary>Searches the piece, whose names must ascend.</summary>
    public bool TryFind(RefName name, out ObjectId id)
    {
        var (low, high) = (0, Count - 1);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            (low, high) = this[middle].Name <= name ? (middle, high) : (low, middle - 1);
        }
        var found = this[low];
        id = found.Id;
        return found.Name == name;
    }

    private static int SizeOf(ReadOnlySpan<byte> name, ObjectId id) => 1 + id.Raw.Length + name.Length;

    private void Append(ReadOnlySpan<byte> name, ObjectId id)
    {
        var start = Count == 0 ? 0 : _ends[Count - 1];
        var raw = id.Raw;
        _bytes[start] = (byte)raw.Length;
        raw.CopyTo(_bytes.AsSpan(start + 1));
        name.CopyTo(_bytes.AsSpan(start + 1 + raw.Length));
        if (Count == _ends.Length)
        {
            Array.Resize(ref _ends, 2 * Count);
        }
        _ends[Count++] = start + SizeOf(name, id);
    }
}
