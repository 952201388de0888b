using System.Buffers;
using System.Buffers.Binary;

namespace Mirror.Git;

/// <summary>
/// Sorts very many ids by their first bytes, which tell them apart nearly always: 8 bytes for each, where copies of the ids, or of refs,
/// would take several times as much. The room for them is handed on, for a run sorts its refs several times.
/// </summary>
internal sealed class IdOrder(int count) : IDisposable
{
    // The first four bytes of an id, and its number.
    private readonly ulong[] _keys = ArrayPool<ulong>.Shared.Rent(count);

    public void Set(int index, ObjectId id) => _keys[index] = ((ulong)BinaryPrimitives.ReadUInt32BigEndian(id.Raw) << 32) | (uint)index;

    /// <summary>Which one comes at a place, once they are sorted.</summary>
    public int At(int place) => IndexOf(_keys[place]);

    /// <param name="compare">Decides between two of them whose ids begin alike.</param>
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
