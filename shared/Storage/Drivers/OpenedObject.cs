namespace Mirror.Storage.Drivers;

/// <summary>An object and its bytes, from the offset that was asked for.</summary>
internal sealed record OpenedObject(StoredObject Object, Stream Content) : IAsyncDisposable
{
    /// <summary>For small objects that were opened at their beginning: the caller has looked at the size.</summary>
    public async Task<StoredContent> ReadWholeAsync(CancellationToken cancellation)
    {
        var bytes = new byte[Object.Size];
        await Content.ReadExactlyAsync(bytes, cancellation);
        return new StoredContent(bytes, Object.ETag);
    }

    public ValueTask DisposeAsync() => Content.DisposeAsync();
}
