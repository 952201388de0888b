using System.Buffers;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;
using Mirror.Storage.Drivers;

namespace Mirror.Storage.Directories;

/// <summary>A file that is not an object yet. It is flushed before the lock is taken,
/// since flushing may take seconds and blocks other writers.</summary>
[SupportedOSPlatform("linux")]
internal sealed class DirectoryUpload : IUpload
{
    // One piece is filled while the previous one is written. Writing each chunk by itself would switch threads twice, which takes longer
    // than the write.
    private const int PieceSize = 512 * 1024;

    private readonly OpenFolder _folder;
    private readonly string _name;
    private readonly FileStream _file;
    private readonly Func<DirectoryUpload, CancellationToken, Task<StoredObject?>> _tryPublishAsync;
    // Pooled, since the garbage collector frees arrays of this size late.
    private byte[] _piece = ArrayPool<byte>.Shared.Rent(PieceSize);
    private byte[] _other = ArrayPool<byte>.Shared.Rent(PieceSize);
    private int _size;
    private Task _writing = Task.CompletedTask;
    private bool _isPublished;
    private bool _isDisposed;

    /// <param name="folder">The folder of the file, which is closed with it.</param>
    public DirectoryUpload(OpenFolder folder, Func<DirectoryUpload, CancellationToken, Task<StoredObject?>> tryPublishAsync)
    {
        _folder = folder;
        _name = DirectoryFiles.NewUploadName();
        // Without a buffer, so that every write reports at once whether the disk accepted it, and closing has nothing left to write.
        _file = new FileStream(folder.CreateFile(_name), FileAccess.ReadWrite, bufferSize: 0);
        _tryPublishAsync = tryPublishAsync;
    }

    public SafeFileHandle Handle => _file.SafeFileHandle;

    /// <summary>Gives the file its final name.</summary>
    public void MoveTo(OpenFolder folder, string name) => _folder.Move(_name, folder, name);

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        while (!bytes.IsEmpty)
        {
            // After disposal, the pooled pieces may belong to another upload.
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            var size = Math.Min(bytes.Length, PieceSize - _size);
            bytes[..size].CopyTo(_piece.AsMemory(_size));
            bytes = bytes[size..];
            _size += size;
            if (_size == PieceSize)
            {
                await PassOnAsync();
            }
        }
    }

    public async Task<StoredObject?> TryCompleteAsync(CancellationToken cancellation)
    {
        await PassOnAsync();
        await _writing;
        await Task.Run(() => _file.Flush(flushToDisk: true), cancellation);
        var published = await _tryPublishAsync(this, cancellation);
        _isPublished = published is not null;
        return published;
    }

    /// <summary>Removes an unpublished file. If that fails, the caller must still see the failure of the upload itself. A later run
    /// deletes the file after a day.</summary>
    private void TryRemove()
    {
        try
        {
            _ = _isPublished || _folder.TryRemoveFile(_name);
        }
        catch (IOException)
        {
        }
    }

    private async ValueTask PassOnAsync()
    {
        await _writing;
        (_piece, _other, var size, _size) = (_other, _piece, _size, 0);
        _writing = Task.Run(() => _file.Write(_other, 0, size), CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        if (_isDisposed)
        {
            return;
        }
        _isDisposed = true;
        // A failure was reported, or will be, by the write that waited for it.
        // Otherwise the upload was given up, and the failure does not matter.
        await _writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        ArrayPool<byte>.Shared.Return(_piece);
        ArrayPool<byte>.Shared.Return(_other);
        using (_folder)
        {
            await _file.DisposeAsync();
            TryRemove();
        }
    }
}
