using Mirror.Storage;

namespace Mirror.Mirroring;

/// <summary>What lies in a transfer bucket, listed once for all mirrors of a run. Keys that are not ours are left out.</summary>
public sealed class BucketListing
{
    private readonly List<StoredObject> _objects;

    private BucketListing(List<StoredObject> objects) => _objects = objects;

    public static Task<BucketListing> ReadAsync(ObjectStore bucket, CancellationToken cancellation) =>
        ReadAsync(bucket, [""], cancellation);

    /// <summary>The objects of one mirror, as they are now, also those under keys that
    /// standard base64 gives: few names have others there.</summary>
    public static Task<BucketListing> ReadOfAsync(ObjectStore bucket, string mirror, CancellationToken cancellation) =>
        ReadAsync(bucket, [.. new[] { ObjectKey.Prefix(mirror), ObjectKey.StandardPrefix(mirror) }.Distinct()], cancellation);

    /// <param name="prefixes">Of which none begins with another.</param>
    private static async Task<BucketListing> ReadAsync(ObjectStore bucket, string[] prefixes, CancellationToken cancellation)
    {
        var objects = new List<StoredObject>();
        foreach (var prefix in prefixes)
        {
            await foreach (var found in bucket.ListAsync(prefix, cancellation))
            {
                // Anybody who may write into the bucket can name objects so: what no mirror has is not held.
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

    /// <summary>A mirror's head, also under the key that standard base64 gives.</summary>
    public StoredObject? FindHead(string mirror)
    {
        var key = ObjectKey.OfHead(mirror);
        return Find(key) ?? OfPrefix(ObjectKey.StandardPrefix(mirror)).Cast<StoredObject?>()
            .FirstOrDefault(found => ObjectKey.ParseHead(found!.Value.Key) == mirror);
    }

    /// <summary>Whether the object of an entry is there, as large as it should be.</summary>
    public bool Has(ChainEntry entry) => Find(entry.Key)?.Size == entry.Size;

    /// <summary>The highest generation of a mirror's bundles, 0 where there are none. What somebody planted so high that no number would be
    /// left is not counted.</summary>
    internal long NewestGenerationOf(string mirror) => BundlesOf(mirror).Select(bundle => bundle.Name.Generation)
        .Where(generation => generation < ObjectKey.MaxNumber / 2).DefaultIfEmpty().Max();

    /// <summary>All bundles of a mirror, those of no chain among them.</summary>
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

    /// <summary>Where a key is, or would be.</summary>
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
