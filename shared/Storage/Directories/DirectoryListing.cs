using System.Runtime.CompilerServices;
using System.Runtime.Versioning;
using Mirror.Storage.Drivers;

namespace Mirror.Storage.Directories;

/// <summary>
/// One walk through a directory, which opens no file. The result is held until it is sorted, since a file system has its own order.
/// Folders that cannot be part of a key are skipped, so the depth is limited by the size of a key.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class DirectoryListing(string root, string prefix, ListingLimits limits, CancellationToken cancellation)
{
    /// <summary>A process may have a thousand handles by default, and a key may have five hundred folders.</summary>
    internal const int MaxOpenFolders = 32;

    private readonly List<StoredObject> _found = [];

    // The folders with folders that the walk has not entered yet, the deepest last. Only the deepest are open; the others are opened
    // again when the walk comes back.
    private readonly List<Level> _levels = [];

    public static StoredObject Describe(string key, FileStatus status) =>
        new(key, status.Size, $"{status.Modified.Ticks:x}-{status.Size:x}", new DateTimeOffset(status.Modified, TimeSpan.Zero));

    public static async IAsyncEnumerable<StoredObject> ReadAsync(
        string root, string prefix, ListingLimits limits, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var listing = new DirectoryListing(root, prefix, limits, cancellation);
        foreach (var found in await Task.Run(listing.Read, cancellation))
        {
            yield return found;
        }
    }

    private List<StoredObject> Read()
    {
        var key = StoreKey.FolderOf(prefix);
        var path = SplitName.ToPath(key);
        try
        {
            // An unreadable folder is an error, since a listing without it would be wrong.
            if (OpenFolder.TryOpen(root, path) is { } first)
            {
                Enter(first, path.Length == 0 ? "" : $"{path}/", key.Length == 0 ? "" : $"{key}/");
            }
            while (_levels.Count > 0)
            {
                EnterNext(_levels[^1]);
            }
        }
        finally
        {
            _levels.ForEach(level => level.Folder?.Dispose());
        }
        _found.Sort((left, right) => StoreKey.Compare(left.Key, right.Key));
        return _found;
    }

    private void EnterNext(Level level)
    {
        // If the folder was deleted since, its folders are gone too.
        level.Folder ??= OpenFolder.TryOpen(root, level.Path.TrimEnd('/'));
        var name = level.Folders.Pop();
        var folder = level.Folder?.TryOpenFolder(name);
        if (level.Folders.Count == 0 || level.Folder is null)
        {
            _levels.RemoveAt(_levels.Count - 1);
            level.Folder?.Dispose();
        }
        if (folder is not null)
        {
            Enter(folder, $"{level.Path}{name}/", BeginningOf(level.Key, name));
        }
    }

    /// <summary>Takes the objects of a folder, and keeps it open if it has folders.</summary>
    private void Enter(OpenFolder folder, string path, string key)
    {
        cancellation.ThrowIfCancellationRequested();
        var level = new Level(path, key) { Folder = folder };
        try
        {
            foreach (var entry in folder.Read())
            {
                limits.AddEntry();
                Take(level, folder, entry);
            }
        }
        catch (Exception)
        {
            folder.Dispose();
            throw;
        }
        if (level.Folders.Count == 0)
        {
            folder.Dispose();
            return;
        }
        _levels.Add(level);
        if (_levels.Count > MaxOpenFolders)
        {
            var farthest = _levels[^(MaxOpenFolders + 1)];
            farthest.Folder?.Dispose();
            farthest.Folder = null;
        }
    }

    private void Take(Level level, OpenFolder folder, FolderEntry entry)
    {
        // Most files of a large folder may belong to others. Their names tell, without a system call.
        if (entry.Kind is FileKind.Other or FileKind.Link || !MayHave(BeginningOf(level.Key, entry.Name).AsSpan().TrimEnd('/')))
        {
            return;
        }
        var status = entry.Kind == FileKind.Folder ? null : folder.TryStat(entry.Name);
        var kind = status?.Kind ?? entry.Kind;
        if (kind == FileKind.Folder && SplitName.IsFolder(entry.Name) && BeginningOf(level.Key, entry.Name).Length < StoreKey.MaxSize)
        {
            limits.AddName(entry.Name);
            level.Folders.Push(entry.Name);
        }
        // A file that was deleted after its folder was read has no status.
        else if (status is { Kind: FileKind.File } file && SplitName.TryToKey(level.Path + entry.Name) is { } key
            && key.StartsWith(prefix, StringComparison.Ordinal))
        {
            limits.AddObject(key);
            _found.Add(Describe(key, file));
        }
    }

    /// <summary>Whether a key with this beginning can match the prefix.</summary>
    private bool MayHave(ReadOnlySpan<char> beginning)
    {
        var size = Math.Min(beginning.Length, prefix.Length);
        return beginning[..size].SequenceEqual(prefix.AsSpan(0, size));
    }

    /// <summary>The beginning that a folder adds to every key in it.</summary>
    private static string BeginningOf(string key, string name) =>
        name.EndsWith('~') ? $"{key}{name.AsSpan(0, name.Length - 1)}" : $"{key}{name}/";

    /// <param name="path">The path of the folder relative to the root, with a slash at its end; empty for the root.</param>
    /// <param name="key">The beginning of every key below the folder.</param>
    private sealed class Level(string path, string key)
    {
        public string Path => path;

        public string Key => key;

        /// <summary>The folders in it that the walk has not entered yet.</summary>
        public Stack<string> Folders { get; } = new();

        /// <summary>Null while it is closed, or if it was deleted.</summary>
        public OpenFolder? Folder { get; set; }
    }
}
