using System.Collections;

namespace Mirror.Git;

/// <summary>Ids in their order, each once: an array and a search in it, which very many ids find smaller by half than a hash table.</summary>
public sealed class ObjectIdSet : IReadOnlyCollection<ObjectId>
{
    private readonly ObjectId[] _ids;

    private ObjectIdSet(ObjectId[] ids, int count) => (_ids, Count) = (ids, count);

    public int Count { get; }

    public static ObjectIdSet Of(IEnumerable<ObjectId> ids)
    {
        var sorted = ids.ToArray();
        Array.Sort(sorted);
        var count = 0;
        foreach (var id in sorted)
        {
            if (count == 0 || sorted[count - 1] != id)
            {
                sorted[count++] = id;
            }
        }
        return new ObjectIdSet(sorted, count);
    }

    public bool Contains(ObjectId id) => Array.BinarySearch(_ids, 0, Count, id) >= 0;

    public IEnumerator<ObjectId> GetEnumerator() => _ids.Take(Count).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
