using System.Runtime.CompilerServices;
using System.Runtime.Versioning;

namespace Mirror.Storage.Directories;

/// <summary>
/// One walk through a directory that opens no file. Held until it is sorted: a directory has an order of its own. Folders that no key
/// leads through are passed over, so it goes no deeper than a key is long.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class DirectoryListing(string prefix, CancellationToken cancellation)
{
    private readonly List<StoredObject> _found = [];

    // Folders that are open and have folders of their own left to walk through. A folder is closed when its last one is opened.
    private readonly Stack<Level> _levels = new();

    public static StoredObject Describe(string key, FileStatus status) =>
        new(key, status.Size, $"{status.Modified.Ticks:x}-{status.Size:x}", new DateTimeOffset(status.Modified, TimeSpan.Zero));

    public static async IAsyncEnumerable<StoredObject> ReadAsync(
        string root, string prefix, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var listing = new DirectoryListing(prefix, cancellation);
        foreach (var found in await Task.Run(() => listing.Read(root), cancellation))
        {
            yield return found;
        }
    }

    private List<StoredObject> Read(string root)
    {
        var key = StoreKey.FolderOf(prefix);
        var path = SplitName.ToPath(key);
        // An unreadable folder is an error: a listing that leaves it out would be a lie.
        if (OpenFolder.TryOpen(root, path) is { } first)
        {
            Enter(first, path.Length == 0 ? "" : $"{path}/", key.Length == 0 ? "" : $"{key}/");
        }
        try
        {
            while (_levels.TryPeek(out var level))
            {
                var name = level.Folders.Pop();
                var folder = level.Folder.TryOpenFolder(name);
                if (level.Folders.Count == 0)
                {
                    _levels.Pop().Folder.Dispose();
                }
                if (folder is not null)
                {
                    Enter(folder, $"{level.Path}{name}/", BeginningOf(level.Key, name));
                }
            }
        }
        finally
        {
            foreach (var level in _levels)
            {
                level.Folder.Dispose();
            }
        }
        _found.Sort((left, right) => StoreKey.Compare(left.Key, right.Key));
        return _found;
    }

    /// <summary>Takes the objects of a folder, and keeps it open if there are folders in it.</summary>
    private void Enter(OpenFolder folder, string path, string key)
    {
        cancellation.ThrowIfCancellationRequested();
        var level = new Level(folder, path, key, new Stack<string>());
        try
        {
            foreach (var entry in folder.Read())
            {
                Take(level, entry);
            }
        }
        catch (Exception)
        {
            folder.Dispose();
            throw;
        }
        if (level.Folders.Count > 0)
        {
            _levels.Push(level);
        }
        else
        {
            folder.Dispose();
        }
    }

    private void Take(Level level, FolderEntry entry)
    {
        // Most of a large folder is somebody else's, which its name tells.
        if (entry.Kind is FileKind.Other or FileKind.Link || !MayHave(BeginningOf(level.Key, entry.Name).AsSpan().TrimEnd('/')))
        {
            return;
        }
        var status = entry.Kind == FileKind.Folder ? null : level.Folder.TryStat(entry.Name);
        var kind = status?.Kind ?? entry.Kind;
        if (kind == FileKind.Folder && SplitName.IsFolder(entry.Name) && BeginningOf(level.Key, entry.Name).Length < StoreKey.MaxSize)
        {
            level.Folders.Push(entry.Name);
        }
        // A file that was deleted since its folder was read has no status.
        else if (status is { Kind: FileKind.File } file && SplitName.TryToKey(level.Path + entry.Name) is { } key
            && key.StartsWith(prefix, StringComparison.Ordinal))
        {
            _found.Add(Describe(key, file));
        }
    }

    /// <summary>Whether what has this at its beginning can be, or lead to, what is looked for.</summary>
    private bool MayHave(ReadOnlySpan<char> beginning)
    {
        var size = Math.Min(beginning.Length, prefix.Length);
        return beginning[..size].SequenceEqual(prefix.AsSpan(0, size));
    }

    /// <summary>What every key has at its beginning that leads through a folder.</summary>
    private static string BeginningOf(string key, string name) =>
        name.EndsWith('~') ? $"{key}{name.AsSpan(0, name.Length - 1)}" : $"{key}{name}/";

    /// <param name="Path">Of the folder, relative to the root, with a slash at its end; empty for the root.</param>
    /// <param name="Key">What every key below it begins with.</param>
    /// <param name="Folders">Those in it that are still to be walked through.</param>
    private sealed record Level(OpenFolder Folder, string Path, string Key, Stack<string> Folders);
}
