using System.Buffers;
using System.Buffers.Binary;

namespace Mirror.Git;

/// <summary>
/// Sorts very many ids by their first four bytes, which nearly always differ. This takes 8 bytes for each id; copies of the ids or of the
/// refs would take several times as much. The array is pooled, since one run sorts its refs several times.
/// </summary>
internal sealed class IdOrder(int count) : IDisposable
{
    // The first four bytes of an id in the upper half, its index in the lower half.
    private readonly ulong[] _keys = ArrayPool<ulong>.Shared.Rent(count);

    public void Set(int index, ObjectId id) => _keys[index] = ((ulong)BinaryPrimitives.ReadUInt32BigEndian(id.Raw) << 32) | (uint)index;

    /// <summary>The index of the id at a place in the sorted order.</summary>
    public int At(int place) => IndexOf(_keys[place]);

    /// <param name="compare">Compares two indexes whose ids begin alike.</param>
    public void Sort(Comparison<int> compare)
    {
        var keys = _keys.AsSpan(0, count);
        keys.Sort();
        for (int start = 0, end; start < count; start = end)
        {
            end = start + 1;
            var isSorted = true;
            for (; end < count && keys[end] >> 32 == keys[start] >> 32; end++)
            {
                isSorted = isSorted && compare(At(end - 1), At(end)) <= 0;
            }
            if (!isSorted)
            {
                keys[start..end].Sort((left, right) => compare(IndexOf(left), IndexOf(right)));
            }
        }
    }

    private static int IndexOf(ulong key) => (int)(key & uint.MaxValue);

    public void Dispose() => ArrayPool<ulong>.Shared.Return(_keys);
}
