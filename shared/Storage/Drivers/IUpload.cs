namespace Mirror.Storage.Drivers;

/// <summary>An object on its way into a store. Disposed before it is complete, it leaves nothing behind.</summary>
internal interface IUpload : IAsyncDisposable
{
    ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation);

    /// <summary>Gives null, and publishes nothing, when the condition does not hold.</summary>
    Task<StoredObject?> TryCompleteAsync(CancellationToken cancellation);
}
