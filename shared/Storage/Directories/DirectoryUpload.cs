using Mirror.Storage.Drivers;

namespace Mirror.Storage.Directories;

/// <summary>A file that is not an object yet. It is flushed before the lock is taken: it may take seconds, and others write too.</summary>
internal sealed class DirectoryUpload(FileStream file, Func<CancellationToken, Task<StoredObject?>> tryPublishAsync) : IUpload
{
    private bool _isPublished;

    public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation) => file.WriteAsync(bytes, cancellation);

    public async Task<StoredObject?> TryCompleteAsync(CancellationToken cancellation)
    {
        await Task.Run(() => file.Flush(flushToDisk: true), cancellation);
        var published = await tryPublishAsync(cancellation);
        _isPublished = published is not null;
        return published;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_isPublished)
        {
            File.Delete(file.Name);
        }
        await file.DisposeAsync();
    }
}
