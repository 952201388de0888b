using Mirror.Storage;

namespace Mirror.Mirroring;

/// <summary>The objects of a transfer bucket, listed once for all mirrors of a run. Keys that are not ours are left out.</summary>
public sealed class BucketListing
{
    private readonly List<StoredObject> _objects;

    private BucketListing(List<StoredObject> objects) => _objects = objects;

    public static Task<BucketListing> ReadAsync(ObjectStore bucket, CancellationToken cancellation) =>
        ReadAsync(bucket, [""], cancellation);

    /// <summary>The current objects of one mirror, including those under keys in standard base64.
    /// The two prefixes differ for few names only.</summary>
    public static Task<BucketListing> ReadOfAsync(ObjectStore bucket, string mirror, CancellationToken cancellation) =>
        ReadAsync(bucket, [.. new[] { ObjectKey.Prefix(mirror), ObjectKey.StandardPrefix(mirror) }.Distinct()], cancellation);

    /// <param name="prefixes">Prefixes of which none begins with another.</param>
    private static async Task<BucketListing> ReadAsync(ObjectStore bucket, string[] prefixes, CancellationToken cancellation)
    {
        var objects = new List<StoredObject>();
        foreach (var prefix in prefixes)
        {
            await foreach (var found in bucket.ListAsync(prefix, cancellation))
            {
                // Anyone who can write to the bucket can create any number of objects, so those that belong to no mirror are not held.
                if (ObjectKey.ParseHead(found.Key) is not null || ObjectKey.ParseBundle(found.Key) is not null)
                {
                    objects.Add(found);
                }
            }
        }
        objects.Sort((left, right) => string.CompareOrdinal(left.Key, right.Key));
        return new BucketListing(objects);
    }

    /// <summary>The names of all mirrors that have a head here.</summary>
    public IEnumerable<string> Mirrors() => _objects.Select(found => ObjectKey.ParseHead(found.Key)).OfType<string>().Distinct();

    public StoredObject? Find(string key)
    {
        var index = IndexOf(key);
        return index < _objects.Count && _objects[index].Key == key ? _objects[index] : null;
    }

    /// <summary>A mirror's head, also under its key in standard base64.</summary>
    public StoredObject? FindHead(string mirror)
    {
        var key = ObjectKey.OfHead(mirror);
        return Find(key) ?? OfPrefix(ObjectKey.StandardPrefix(mirror)).Cast<StoredObject?>()
            .FirstOrDefault(found => ObjectKey.ParseHead(found!.Value.Key) == mirror);
    }

    /// <summary>Whether the object of an entry exists and has the right size.</summary>
    public bool Has(ChainEntry entry) => Find(entry.Key)?.Size == entry.Size;

    /// <summary>The highest generation of a mirror's bundles, 0 if there are none. Generations so high that hardly a number would be left
    /// after them are ignored, since anyone who can write to the bucket could create such a key.</summary>
    internal long NewestGenerationOf(string mirror) => BundlesOf(mirror).Select(bundle => bundle.Name.Generation)
        .Where(generation => generation < ObjectKey.MaxNumber / 2).DefaultIfEmpty().Max();

    /// <summary>All bundles of a mirror, including those that are in no chain.</summary>
    internal IEnumerable<(StoredObject Object, BundleName Name)> BundlesOf(string mirror)
    {
        foreach (var found in OfPrefix(ObjectKey.Prefix(mirror)))
        {
            if (ObjectKey.ParseBundle(found.Key) is { } name && name.Mirror == mirror)
            {
                yield return (found, name);
            }
        }
    }

    private IEnumerable<StoredObject> OfPrefix(string prefix) =>
        _objects.Skip(IndexOf(prefix)).TakeWhile(found => found.Key.StartsWith(prefix, StringComparison.Ordinal));

    /// <summary>The index of a key, or the index where it would be inserted.</summary>
    private int IndexOf(string key)
    {
        var (low, high) = (0, _objects.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = string.CompareOrdinal(_objects[middle].Key, key) < 0 ? (middle + 1, high) : (low, middle);
        }
        return low;
    }
}
