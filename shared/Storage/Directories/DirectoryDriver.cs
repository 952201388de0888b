using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;
using Mirror.Storage.Drivers;
using Mirror.Storage.Leases;

namespace Mirror.Storage.Directories;

/// <summary>
/// A file per object. A new object is written and flushed beside the others, and renamed under the lock that every change takes.
/// Readers need none: they see the old file or the new one, and keep the one that they have open. Symbolic links may lead out of
/// the store, so what is behind one is not in it.
/// </summary>
[UnsupportedOSPlatform("windows")]
internal sealed class DirectoryDriver : IStoreDriver
{
    // A writer that lives writes more often than that.
    private const int ReadPieceSize = 512 * 1024;

    private static readonly TimeSpan LeftOver = TimeSpan.FromDays(1);

    private readonly string _root;
    private readonly string _uploads;
    private readonly TimeProvider _time;
    private readonly DirectoryLock _lock;
    private readonly LeaseObjects _leases;

    public DirectoryDriver(string path, TimeProvider time)
    {
        Name = path;
        _time = time;
        _root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        _uploads = Path.Join(_root, StoreKey.Own, "uploads");
        _lock = new DirectoryLock(Path.Join(_root, StoreKey.Own, "lock"));
        _leases = new LeaseObjects(this, time);
        if (File.Exists(_root))
        {
            throw new StorageException(StorageFailure.Invalid, Name, "open", "it is a file, not a directory");
        }
    }

    public string Name { get; }

    public Task<StoredObject?> TryStatAsync(string key, CancellationToken cancellation) => Task.FromResult(TryStat(key));

    public IAsyncEnumerable<StoredObject> ListAsync(string prefix, CancellationToken cancellation)
    {
        var folder = PathOf(StoreKey.FolderOf(prefix));
        return IsBehindLink(folder) ? AsyncEnumerable.Empty<StoredObject>() : DirectoryListing.ReadAsync(_root, folder, prefix);
    }

    public Task<OpenedObject?> TryOpenReadAsync(string key, long offset, long? size, CancellationToken cancellation) =>
        Task.FromResult(TryStat(key) is null ? null : TryOpen(key, offset));

    public Task<IUpload> CreateAsync(string key, WriteCondition condition, CancellationToken cancellation)
    {
        DirectoryFiles.MakeFolder(_uploads);
        foreach (var file in Directory.EnumerateFiles(_uploads).Where(IsLeftOver))
        {
            File.Delete(file);
        }
        var path = Path.Join(_uploads, Guid.NewGuid().ToString("N"));
        var upload = new FileStream(path, DirectoryFiles.Private(FileMode.CreateNew, FileShare.ReadWrite | FileShare.Delete));
        return Task.FromResult<IUpload>(new DirectoryUpload(upload, token => TryPublishAsync(upload, key, condition, token)));
    }

    public async Task<string?> TryPutAsync(
        string key, ReadOnlyMemory<byte> content, WriteCondition condition, CancellationToken cancellation)
    {
        await using var upload = await CreateAsync(key, condition, cancellation);
        await upload.WriteAsync(content, cancellation);
        return (await upload.TryCompleteAsync(cancellation))?.ETag;
    }

    public Task<bool> DeleteAsync(string key, CancellationToken cancellation) =>
        TryStat(key) is null ? Task.FromResult(false) : _lock.RunAsync(() => Delete(key), cancellation);

    public Task<ILeaseHold?> TryLeaseAsync(string key, TimeSpan duration, CancellationToken cancellation) =>
        _leases.TryTakeAsync(key, duration, cancellation);

    public (StorageFailure Failure, string Message)? Explain(Exception exception, StoreAction action) =>
        DirectoryFailure.Explain(exception);

    private string PathOf(string key) => Path.Join(_root, SplitName.ToPath(key));

    private StoredObject? TryStat(string key)
    {
        var file = new FileInfo(PathOf(key));
        // All flags are set where there is no file.
        var isFile = (file.Attributes & (FileAttributes.Directory | FileAttributes.ReparsePoint)) == 0;
        return isFile && !IsBehindLink(file.DirectoryName!) ? DirectoryListing.Describe(key, file.Length, file.LastWriteTimeUtc) : null;
    }

    private OpenedObject? TryOpen(string key, long offset)
    {
        try
        {
            var handle = File.OpenHandle(PathOf(key), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            // Read ahead in pieces: a read of each chunk by itself costs a change of threads, twice, which is more than the reading.
            var pieceSize = (int)Math.Clamp(RandomAccess.GetLength(handle), 1, ReadPieceSize);
            var file = new FileStream(handle, FileAccess.Read, pieceSize) { Position = offset };
            return new OpenedObject(Describe(key, handle), file);
        }
        catch (Exception absence) when (absence is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    private bool IsBehindLink(string folder) =>
        folder.Length > _root.Length && (new DirectoryInfo(folder).LinkTarget is not null || IsBehindLink(Path.GetDirectoryName(folder)!));

    private bool IsLeftOver(string upload) => File.GetLastWriteTimeUtc(upload) < _time.GetUtcNow() - LeftOver;

    private async Task<StoredObject?> TryPublishAsync(
        FileStream upload, string key, WriteCondition condition, CancellationToken cancellation)
    {
        var published = await _lock.RunAsync(() => TryPublish(upload, key, condition), cancellation);
        if (published is not null)
        {
            DirectoryFiles.FlushFolder(Path.GetDirectoryName(PathOf(key))!);
        }
        return published;
    }

    private StoredObject? TryPublish(FileStream upload, string key, WriteCondition condition)
    {
        var current = TryStat(key);
        if (!condition.Allows(current))
        {
            return null;
        }
        var path = PathOf(key);
        MakeWay(key, path);
        Iso8601(upload.SafeFileHandle, current?.Modified.UtcDateTime ?? DateTime.MinValue);
        File.Move(upload.Name, path, overwrite: true);
        return Describe(key, upload.SafeFileHandle);
    }

    /// <summary>Makes the folders for a file. In a directory <c>a</c> cannot be a file when there is <c>a/b</c>.</summary>
    private void MakeWay(string key, string path)
    {
        var folder = Path.GetDirectoryName(path)!;
        for (var above = folder; above.Length > _root.Length; above = Path.GetDirectoryName(above)!)
        {
            if (File.Exists(above))
            {
                throw CannotStore(key, "an object has the name of a folder that it needs");
            }
        }
        if (IsBehindLink(folder))
        {
            throw CannotStore(key, "a symbolic link lies in its way");
        }
        if (Directory.Exists(path) && !DirectoryFiles.TryRemoveEmpty(path))
        {
            throw CannotStore(key, "a folder of other objects has its name");
        }
        DirectoryFiles.MakeFolder(folder);
    }

    private StorageException CannotStore(string key, string message) =>
        new(StorageFailure.Invalid, Name, $"write {StoreKey.Quote(key)}", message);

    /// <summary>The time of the last write is the version, so it grows with every write: when two of them are less than a tick apart,
    /// when the clock is set back, and where the file system keeps no more than every other second.</summary>
    private void Iso8601(SafeFileHandle upload, DateTime previous)
    {
        File.SetLastWriteTimeUtc(upload, _time.GetUtcNow().UtcDateTime);
        for (var step = 1L; File.GetLastWriteTimeUtc(upload) <= previous; step *= 10)
        {
            File.SetLastWriteTimeUtc(upload, previous.AddTicks(step));
        }
    }

    /// <summary>Deletes a file and the folders that it leaves empty: they would pile up, and keep others from having their names.</summary>
    private bool Delete(string key)
    {
        if (TryStat(key) is null)
        {
            return false;
        }
        var path = PathOf(key);
        File.Delete(path);
        for (var folder = Path.GetDirectoryName(path)!; folder.Length > _root.Length; folder = Path.GetDirectoryName(folder)!)
        {
            if (!DirectoryFiles.TryRemoveEmpty(folder))
            {
                break;
            }
        }
        return true;
    }

    private static StoredObject Describe(string key, SafeFileHandle file) =>
        DirectoryListing.Describe(key, RandomAccess.GetLength(file), File.GetLastWriteTimeUtc(file));
}
