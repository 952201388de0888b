namespace Mirror.Storage.Drivers;

/// <summary>What differs between stores: a driver only moves bytes. Keys are checked before they come here, and what a driver throws is
/// explained after. Expected outcomes are null, not exceptions. Listings leave out what is below <see cref="StoreKey.Own"/>.</summary>
internal interface IStoreDriver
{
    string Name { get; }

    Task<StoredObject?> TryStatAsync(string key, CancellationToken cancellation);

    /// <summary>In the order of <see cref="StoreKey.Compare"/>.</summary>
    IAsyncEnumerable<StoredObject> ListAsync(string prefix, CancellationToken cancellation);

    /// <summary>From an offset, which may be beyond the end, at least as many bytes as asked for, if there are as many.</summary>
    Task<OpenedObject?> TryOpenReadAsync(string key, long offset, long? size, CancellationToken cancellation);

    Task<IUpload> CreateAsync(string key, WriteCondition condition, CancellationToken cancellation);

    /// <summary>Gives the new ETag, or null when the condition does not hold.</summary>
    Task<string?> TryPutAsync(string key, ReadOnlyMemory<byte> content, WriteCondition condition, CancellationToken cancellation);

    /// <summary>The same of content that is written as it is made. What goes by one request is held whole.</summary>
    async Task<string?> TryPutAsync(string key, ObjectContent content, WriteCondition condition, CancellationToken cancellation)
    {
        using var whole = new MemoryStream(content.Size);
        await content.WriteAsync(whole, cancellation);
        return await TryPutAsync(key, whole.GetBuffer().AsMemory(0, (int)whole.Length), condition, cancellation);
    }

    Task<bool> DeleteAsync(string key, CancellationToken cancellation);

    Task<ILeaseHold?> TryLeaseAsync(string key, TimeSpan duration, CancellationToken cancellation);

    /// <summary>What an exception means, or null for one that is no failure of the store.</summary>
    (StorageFailure Failure, string Message)? Explain(Exception exception, StoreAction action);
}
