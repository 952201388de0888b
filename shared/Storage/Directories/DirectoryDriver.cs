using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;
using Mirror.Storage.Drivers;
using Mirror.Storage.Leases;

namespace Mirror.Storage.Directories;

/// <summary>
/// Stores each object as a file. A new object is written and flushed to a file of its own, then renamed under a lock that every change
/// takes. Readers need no lock: they see the old file or the new one, and keep the file that they have open. Symbolic links may lead out
/// of the store, so they are not followed. Other files, such as a FIFO, which would block its reader, are not objects either.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class DirectoryDriver : IStoreDriver
{
    private const int ReadPieceSize = 512 * 1024;

    // An active upload writes more often than this.
    private static readonly TimeSpan LeftOver = TimeSpan.FromDays(1);

    // Larger than the resolution of any file system: FAT stores every other second. If this step has no effect, the time is the last one
    // that the file system can store.
    private const long LargestStep = 10 * TimeSpan.TicksPerSecond;

    private readonly string _root;
    private readonly TimeProvider _time;
    private readonly DirectoryFiles _files;
    private readonly DirectoryLock _lock;
    private readonly LeaseObjects _leases;

    public DirectoryDriver(string path, TimeProvider time)
    {
        Name = path;
        _time = time;
        _root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        _files = new DirectoryFiles(_root);
        _lock = new DirectoryLock(_files);
        _leases = new LeaseObjects(this, time);
        if (File.Exists(_root))
        {
            throw new StorageException(StorageFailure.Invalid, Name, "open", "it is a file, not a directory");
        }
    }

    public string Name { get; }

    public Task<StoredObject?> TryStatAsync(string key, CancellationToken cancellation) => Task.FromResult(TryStat(key));

    public IAsyncEnumerable<StoredObject> ListAsync(string prefix, CancellationToken cancellation) =>
        DirectoryListing.ReadAsync(_root, prefix, new ListingLimits(_time), cancellation);

    public Task<OpenedObject?> TryOpenReadAsync(string key, long offset, long? size, CancellationToken cancellation) =>
        Task.FromResult(TryOpen(key, offset));

    public Task<IUpload> CreateAsync(string key, WriteCondition condition, CancellationToken cancellation)
    {
        var uploads = _files.OpenUploads();
        try
        {
            foreach (var name in uploads.Read().Where(DirectoryFiles.IsUpload).Select(entry => entry.Name)
                .Where(name => IsLeftOver(uploads.TryStat(name))))
            {
                uploads.TryRemoveFile(name);
            }
            return Task.FromResult<IUpload>(
                new DirectoryUpload(uploads, (upload, token) => TryPublishAsync(upload, key, condition, token)));
        }
        catch (Exception)
        {
            uploads.Dispose();
            throw;
        }
    }

    public Task<string?> TryPutAsync(
        string key, ReadOnlyMemory<byte> content, WriteCondition condition, CancellationToken cancellation) =>
        TryPutAsync(
            key, new ObjectContent(content.Length, (file, token) => file.WriteAsync(content, token).AsTask()), condition, cancellation);

    public async Task<string?> TryPutAsync(string key, ObjectContent content, WriteCondition condition, CancellationToken cancellation)
    {
        await using var upload = await CreateAsync(key, condition, cancellation);
        await using var file = new UploadStream(upload);
        await content.WriteAsync(file, cancellation);
        return (await upload.TryCompleteAsync(cancellation))?.ETag;
    }

    public Task<bool> DeleteAsync(string key, CancellationToken cancellation) =>
        TryStat(key) is null ? Task.FromResult(false) : _lock.RunAsync(() => Delete(key), cancellation);

    public Task<ILeaseHold?> TryLeaseAsync(string key, TimeSpan duration, CancellationToken cancellation) =>
        _leases.TryTakeAsync(key, duration, cancellation);

    public (StorageFailure Failure, string Message)? Explain(Exception exception, StoreAction action) =>
        DirectoryFailure.Explain(exception);

    private StoredObject? TryStat(string key)
    {
        var (path, name) = PlaceOf(key);
        using var folder = OpenFolder.TryOpen(_root, path);
        return folder?.TryStat(name) is { Kind: FileKind.File } status ? DirectoryListing.Describe(key, status) : null;
    }

    private OpenedObject? TryOpen(string key, long offset)
    {
        var (path, name) = PlaceOf(key);
        using var folder = OpenFolder.TryOpen(_root, path);
        if (folder?.TryOpenFile(name) is not var (handle, status))
        {
            return null;
        }
        // Reads ahead in pieces. A read of each chunk by itself would switch threads twice, which takes longer than the read.
        var pieceSize = (int)Math.Clamp(status.Size, 1, ReadPieceSize);
        var file = new FileStream(handle, FileAccess.Read, pieceSize) { Position = offset };
        return new OpenedObject(DirectoryListing.Describe(key, status), file);
    }

    private bool IsLeftOver(FileStatus? upload) =>
        upload is { Kind: FileKind.File } file && file.Modified < _time.GetUtcNow().UtcDateTime - LeftOver;

    private async Task<StoredObject?> TryPublishAsync(
        DirectoryUpload upload, string key, WriteCondition condition, CancellationToken cancellation)
    {
        var published = await _lock.RunAsync(() => TryPublish(upload, key, condition), cancellation);
        if (published is not null)
        {
            using var folder = OpenFolder.TryOpen(_root, PlaceOf(key).Folder);
            folder?.Flush();
        }
        return published;
    }

    private StoredObject? TryPublish(DirectoryUpload upload, string key, WriteCondition condition)
    {
        var current = TryStat(key);
        if (!condition.Allows(current))
        {
            return null;
        }
        var (path, name) = PlaceOf(key);
        using var folder = MakeWay(key, path);
        if (folder.TryStat(name)?.Kind == FileKind.Folder && !folder.TryRemoveEmptyFolder(name))
        {
            throw CannotStore(key, "a folder of other objects has its name");
        }
        if (!TrySetLaterTime(upload.Handle, current?.Modified.UtcDateTime ?? DateTime.MinValue))
        {
            throw CannotStore(
                key, $"its file was last written at {current?.Modified:u}, and the file system cannot store a later time: delete it first");
        }
        upload.MoveTo(folder, name);
        return DirectoryListing.Describe(key, LinuxFiles.Stat(upload.Handle));
    }

    /// <summary>Creates the folders of a file. In a directory, <c>a</c> cannot be a file while <c>a/b</c> exists.</summary>
    private OpenFolder MakeWay(string key, string path)
    {
        var folder = _files.OpenRoot();
        foreach (var name in path.Length == 0 ? [] : path.Split('/'))
        {
            using var above = folder;
            folder = above.TryMakeFolder(name) ?? throw CannotStore(key, above.TryStat(name)?.Kind switch
            {
                FileKind.Link => $"{StoreKey.Quote(name)} is a symbolic link, and a store follows none: remove it, or choose another name",
                FileKind.File => "an object has the name of a folder that it needs",
                _ => $"{StoreKey.Quote(name)} is no folder: remove it, or choose another name",
            });
        }
        return folder;
    }

    private StorageException CannotStore(string key, string message) =>
        new(StorageFailure.Invalid, Name, $"write {StoreKey.Quote(key)}", message);

    /// <summary>The time of the last write is the version, so it must grow with every write: also when two writes are less than a tick
    /// apart, when the clock is set back, and where the file system stores only every other second.</summary>
    private bool TrySetLaterTime(SafeFileHandle upload, DateTime previous)
    {
        File.SetLastWriteTimeUtc(upload, _time.GetUtcNow().UtcDateTime);
        for (var step = 1L; step <= LargestStep && LinuxFiles.Stat(upload).Modified <= previous; step *= 10)
        {
            File.SetLastWriteTimeUtc(upload, previous < DateTime.MaxValue.AddTicks(-step) ? previous.AddTicks(step) : DateTime.MaxValue);
        }
        return LinuxFiles.Stat(upload).Modified > previous;
    }

    /// <summary>Deletes a file, and the folders that become empty: they would pile up, and block other keys of the same names.</summary>
    private bool Delete(string key)
    {
        if (TryStat(key) is null)
        {
            return false;
        }
        var (path, name) = PlaceOf(key);
        using (var folder = OpenFolder.TryOpen(_root, path))
        {
            if (folder?.TryRemoveFile(name) != true)
            {
                return false;
            }
        }
        while (path.Length > 0)
        {
            (path, name) = Cut(path);
            using var above = OpenFolder.TryOpen(_root, path);
            if (above?.TryRemoveEmptyFolder(name) != true)
            {
                break;
            }
        }
        return true;
    }

    private static (string Folder, string Name) PlaceOf(string key) => Cut(SplitName.ToPath(key));

    private static (string Folder, string Name) Cut(string path)
    {
        var slash = path.LastIndexOf('/');
        return (path[..Math.Max(slash, 0)], path[(slash + 1)..]);
    }
}
