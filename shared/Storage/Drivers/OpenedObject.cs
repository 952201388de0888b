namespace Mirror.Storage.Drivers;

/// <summary>An object and its bytes from the requested offset on.</summary>
internal sealed record OpenedObject(StoredObject Object, Stream Content) : IAsyncDisposable
{
    /// <summary>For a small object that was opened at its beginning. The caller has checked the size.</summary>
    public async Task<StoredContent> ReadWholeAsync(CancellationToken cancellation)
    {
        var bytes = new byte[Object.Size];
        await Content.ReadExactlyAsync(bytes, cancellation);
        return new StoredContent(bytes, Object.ETag);
    }

    public ValueTask DisposeAsync() => Content.DisposeAsync();
}
