namespace Mirror.Storage.Drivers;

/// <summary>An upload of one object. Disposed before it is complete, it leaves nothing behind.</summary>
internal interface IUpload : IAsyncDisposable
{
    ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation);

    /// <summary>Publishes the object. If the condition does not hold, nothing is published and the result is null.</summary>
    Task<StoredObject?> TryCompleteAsync(CancellationToken cancellation);
}
