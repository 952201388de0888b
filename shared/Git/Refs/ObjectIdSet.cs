using System.Collections;

namespace Mirror.Git;

/// <summary>
/// Ids in their order, each once: a packed list and a search in it, where a hash table of very many would be four times as large.
/// </summary>
public sealed class ObjectIdSet : IReadOnlyCollection<ObjectId>
{
    private readonly ObjectIdList _ids;

    private ObjectIdSet(ObjectIdList ids) => _ids = ids;

    public int Count => _ids.Count;

    public static ObjectIdSet Of(IEnumerable<ObjectId> ids)
    {
        var given = new ObjectIdList();
        foreach (var id in ids)
        {
            given.Add(id);
        }
        var orders = new IdOrder[given.Count];
        for (var i = 0; i < orders.Length; i++)
        {
            orders[i] = IdOrder.Of(given[i], i);
        }
        IdOrder.Sort(orders, (left, right) => given[left].CompareTo(given[right]));
        var sorted = new ObjectIdList();
        foreach (var order in orders)
        {
            var id = given[order.Index];
            if (sorted.Count == 0 || sorted[^1] != id)
            {
                sorted.Add(id);
            }
        }
        return new ObjectIdSet(sorted);
    }

    public bool Contains(ObjectId id)
    {
        var (low, high) = (0, Count - 1);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            (low, high) = _ids[middle] <= id ? (middle, high) : (low, middle - 1);
        }
        return Count > 0 && _ids[low] == id;
    }

    public IEnumerator<ObjectId> GetEnumerator() => _ids.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
