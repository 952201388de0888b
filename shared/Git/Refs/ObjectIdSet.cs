using System.Collections;
using System.Runtime.CompilerServices;

namespace Mirror.Git;

/// <summary>
/// Sorted ids without duplicates: a packed list with binary search. A hash table of very many ids would be four times as large.
/// </summary>
[CollectionBuilder(typeof(ObjectIdSet), nameof(OfSpan))]
public sealed class ObjectIdSet : IReadOnlyCollection<ObjectId>
{
    private readonly ObjectIdList _ids;

    private ObjectIdSet(ObjectIdList ids) => _ids = ids;

    public int Count => _ids.Count;

    public static ObjectIdSet OfSpan(ReadOnlySpan<ObjectId> ids) => Of(ids.ToArray());

    public static ObjectIdSet Of(IEnumerable<ObjectId> ids)
    {
        var given = new ObjectIdList();
        foreach (var id in ids)
        {
            given.Add(id);
        }
        using var order = new IdOrder(given.Count);
        for (var i = 0; i < given.Count; i++)
        {
            order.Set(i, given[i]);
        }
        order.Sort((left, right) => given[left].CompareTo(given[right]));
        var sorted = new ObjectIdList();
        for (var i = 0; i < given.Count; i++)
        {
            var id = given[order.At(i)];
            if (sorted.Count == 0 || sorted[^1] != id)
            {
                sorted.Add(id);
            }
        }
        return new ObjectIdSet(sorted);
    }

    public bool Contains(ObjectId id) => IndexOf(id) >= 0;

    /// <summary>Whether some ids, in any order and with duplicates, are the same set as these.</summary>
    public bool IsSetOf(IEnumerable<ObjectId> ids)
    {
        var found = new BitArray(Count);
        var count = 0;
        foreach (var id in ids)
        {
            var index = IndexOf(id);
            if (index < 0)
            {
                return false;
            }
            count += found[index] ? 0 : 1;
            found[index] = true;
        }
        return count == Count;
    }

    private int IndexOf(ObjectId id)
    {
        var (low, high) = (0, Count - 1);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            (low, high) = _ids[middle] <= id ? (middle, high) : (low, middle - 1);
        }
        return Count > 0 && _ids[low] == id ? low : -1;
    }

    public IEnumerator<ObjectId> GetEnumerator() => _ids.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
