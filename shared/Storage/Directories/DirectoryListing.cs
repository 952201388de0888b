using System.IO.Enumeration;

namespace Mirror.Storage.Directories;

/// <summary>One walk through a directory that opens no file. Held until it is sorted: a directory has an order of its own.</summary>
internal static class DirectoryListing
{
    // An unreadable folder is an error: a listing that leaves it out would be a lie.
    private static readonly EnumerationOptions Everything =
        new() { RecurseSubdirectories = true, AttributesToSkip = 0, IgnoreInaccessible = false };

    public static StoredObject Describe(string key, long size, DateTime modified) =>
        new(key, size, $"{modified.Ticks:x}-{size:x}", new DateTimeOffset(modified, TimeSpan.Zero));

    public static async IAsyncEnumerable<StoredObject> ReadAsync(string root, string folder, string prefix)
    {
        foreach (var found in await Task.Run(() => Read(root, folder, prefix)))
        {
            yield return found;
        }
    }

    private static List<StoredObject> Read(string root, string folder, string prefix)
    {
        var start = prefix[(prefix.LastIndexOf('/') + 1)..];
        try
        {
            var objects = new FileSystemEnumerable<StoredObject?>(folder, (ref entry) => TryRead(ref entry, root, prefix), Everything)
            {
                ShouldIncludePredicate = (ref entry) => MayHave(ref entry, folder, start) && !entry.IsDirectory,
                ShouldRecursePredicate = (ref entry) =>
                    MayHave(ref entry, folder, start) && (entry.Attributes & FileAttributes.ReparsePoint) == 0,
            };
            return [.. objects.OfType<StoredObject>().Order(Comparer<StoredObject>.Create((a, b) => StoreKey.Compare(a.Key, b.Key)))];
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
    }

    /// <summary>Whether an entry can be, or lead to, what is looked for, by its own
    /// name: most of a large folder is somebody else's.</summary>
    private static bool MayHave(ref FileSystemEntry entry, string folder, ReadOnlySpan<char> start)
    {
        if (entry.Directory.Length > folder.Length)
        {
            return true;
        }
        var name = entry.FileName.TrimEnd('~');
        var size = Math.Min(name.Length, start.Length);
        return name[..size].SequenceEqual(start[..size]);
    }

    private static StoredObject? TryRead(ref FileSystemEntry entry, string root, string prefix)
    {
        var path = Path.Join(entry.Directory[root.Length..].TrimStart('/'), entry.FileName);
        var key = SplitName.TryToKey(path);
        if (key is null || !key.StartsWith(prefix, StringComparison.Ordinal) || (entry.Attributes & FileAttributes.ReparsePoint) != 0)
        {
            return null;
        }
        var modified = entry.LastWriteTimeUtc.UtcDateTime;
        // A file that was deleted since its folder was read has no time.
        return modified == NoTime ? null : Describe(key, entry.Length, modified);
    }

    private static readonly DateTime NoTime = DateTime.FromFileTimeUtc(0);
}
