using Mirror.Storage.Drivers;

namespace Mirror.Storage.Directories;

/// <summary>A file that is not an object yet. It is flushed before the lock is taken: it may take seconds, and others write too.</summary>
internal sealed class DirectoryUpload(FileStream file, Func<CancellationToken, Task<StoredObject?>> tryPublishAsync) : IUpload
{
    // One piece is gathered while the one before it is written. Writing each chunk as it comes costs a change of threads, twice, which is
    // more than the writing.
    private const int PieceSize = 512 * 1024;

    private byte[] _piece = new byte[PieceSize];
    private byte[] _other = new byte[PieceSize];
    private int _size;
    private Task _writing = Task.CompletedTask;
    private bool _isPublished;

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        while (!bytes.IsEmpty)
        {
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
        await Task.Run(() => file.Flush(flushToDisk: true), cancellation);
        var published = await tryPublishAsync(cancellation);
        _isPublished = published is not null;
        return published;
    }

    private async ValueTask PassOnAsync()
    {
        await _writing;
        (_piece, _other, var size, _size) = (_other, _piece, _size, 0);
        _writing = Task.Run(() => file.Write(_other, 0, size), CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        // What it failed with, if it did, was or will be told by the write that waited for it; one that nobody waits for was given up.
        await _writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!_isPublished)
        {
            File.Delete(file.Name);
        }
        await file.DisposeAsync();
    }
}
