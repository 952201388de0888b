namespace Mirror.Storage.Drivers;

/// <summary>The part that differs between stores: a driver only moves bytes. <see cref="ObjectStore"/> checks keys before, and explains
/// failures afterwards. Expected outcomes are null, not exceptions. Listings leave out keys below <see cref="StoreKey.Own"/>.</summary>
internal interface IStoreDriver
{
    string Name { get; }

    Task<StoredObject?> TryStatAsync(string key, CancellationToken cancellation);

    /// <summary>Lists objects in the order of <see cref="StoreKey.Compare"/>.</summary>
    IAsyncEnumerable<StoredObject> ListAsync(string prefix, CancellationToken cancellation);

    /// <summary>Opens an object at an offset, which may be beyond the end. The stream has at least <paramref name="size"/> bytes, if the
    /// object has them.</summary>
    Task<OpenedObject?> TryOpenReadAsync(string key, long offset, long? size, CancellationToken cancellation);

    Task<IUpload> CreateAsync(string key, WriteCondition condition, CancellationToken cancellation);

    /// <summary>The new ETag, or null if the condition does not hold.</summary>
    Task<string?> TryPutAsync(string key, ReadOnlyMemory<byte> content, WriteCondition condition, CancellationToken cancellation);

    /// <summary>Writes content while it is produced; null if the condition does not hold. This default, for stores that write with one
    /// request, holds all of it.</summary>
    async Task<string?> TryPutAsync(string key, ObjectContent content, WriteCondition condition, CancellationToken cancellation)
    {
        using var whole = new MemoryStream(content.Size);
        await content.WriteAsync(whole, cancellation);
        return await TryPutAsync(key, whole.GetBuffer().AsMemory(0, (int)whole.Length), condition, cancellation);
    }

    Task<bool> DeleteAsync(string key, CancellationToken cancellation);

    Task<ILeaseHold?> TryLeaseAsync(string key, TimeSpan duration, CancellationToken cancellation);

    /// <summary>The meaning of an exception; null if it is not a failure of the store.</summary>
    (StorageFailure Failure, string Message)? Explain(Exception exception, StoreAction action);
}
