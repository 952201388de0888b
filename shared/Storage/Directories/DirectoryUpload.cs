using System.Buffers;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;
using Mirror.Storage.Drivers;

namespace Mirror.Storage.Directories;

/// <summary>A file that is not an object yet. It is flushed before the lock is taken: it may take seconds, and others write too.</summary>
[SupportedOSPlatform("linux")]
internal sealed class DirectoryUpload : IUpload
{
    // One piece is gathered while the one before it is written. Writing each chunk as it comes costs a change of threads, twice, which is
    // more than the writing.
    private const int PieceSize = 512 * 1024;

    private readonly OpenFolder _folder;
    private readonly string _name;
    private readonly FileStream _file;
    private readonly Func<DirectoryUpload, CancellationToken, Task<StoredObject?>> _tryPublishAsync;
    // Handed on to the next upload: the collector is in no hurry to free what is of this size.
    private byte[] _piece = ArrayPool<byte>.Shared.Rent(PieceSize);
    private byte[] _other = ArrayPool<byte>.Shared.Rent(PieceSize);
    private int _size;
    private Task _writing = Task.CompletedTask;
    private bool _isPublished;
    private bool _isDisposed;

    /// <param name="folder">Where the file is made, and closed with it.</param>
    public DirectoryUpload(OpenFolder folder, Func<DirectoryUpload, CancellationToken, Task<StoredObject?>> tryPublishAsync)
    {
        _folder = folder;
        _name = DirectoryFiles.NewUploadName();
        // Without a buffer, so that a write says at once whether the disk took it, and closing has nothing left to write.
        _file = new FileStream(folder.CreateFile(_name), FileAccess.ReadWrite, bufferSize: 0);
        _tryPublishAsync = tryPublishAsync;
    }

    public SafeFileHandle Handle => _file.SafeFileHandle;

    /// <summary>Gives the file its name among the objects.</summary>
    public void MoveTo(OpenFolder folder, string name) => _folder.Move(_name, folder, name);

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        while (!bytes.IsEmpty)
        {
            // The pieces may be another upload's by then.
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

    /// <summary>Removes what was not published. Where that fails, whoever disposes must still see why the upload itself failed, and the
    /// file goes a day later.</summary>
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
        // What it failed with, if it did, was or will be told by the write that waited for it; one that nobody waits for was given up.
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
