using System.Buffers.Binary;

namespace Mirror.Git;

/// <summary>
/// Sorts very many ids by their first bytes, which tell them apart nearly always: 16 bytes for each, where copies of the ids, or of refs,
/// would take several times as much.
/// </summary>
internal readonly record struct IdOrder(ulong Prefix, int Index)
{
    public static IdOrder Of(ObjectId id, int index) => new(BinaryPrimitives.ReadUInt64BigEndian(id.Raw), index);

    /// <param name="compare">Decides between two of them whose ids begin alike.</param>
    public static void Sort(IdOrder[] orders, Func<int, int, int> compare)
    {
        orders.AsSpan().Sort((left, right) =>
            left.Prefix.CompareTo(right.Prefix) is var order and not 0 ? order : left.Index.CompareTo(right.Index));
        for (int start = 0, end; start < orders.Length; start = end)
        {
            end = start + 1;
            var isSorted = true;
            for (; end < orders.Length && orders[end].Prefix == orders[start].Prefix; end++)
            {
                isSorted = isSorted && compare(orders[end - 1].Index, orders[end].Index) <= 0;
            }
            if (!isSorted)
            {
                orders.AsSpan(start..end).Sort((left, right) => compare(left.Index, right.Index));
            }
        }
    }
}
