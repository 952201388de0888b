namespace Mirror.Storage.Parts;

/// <summary>An upload to a store that takes large objects in parts.</summary>
internal interface IPartTarget
{
    /// <summary>Writes an object smaller than one part with one request. Null if the condition of the write does not hold.</summary>
    Task<StoredObject?> TryPutWholeAsync(ReadOnlyMemory<byte> content, CancellationToken cancellation);

    /// <summary>Called before the first part.</summary>
    Task BeginAsync(CancellationToken cancellation);

    /// <summary>Parts are numbered from 1. Several are sent at once, in any order.</summary>
    Task PutPartAsync(int number, ReadOnlyMemory<byte> content, CancellationToken cancellation);

    /// <summary>Joins the parts to one object. Null if the condition of the write does not hold.</summary>
    Task<StoredObject?> TryJoinAsync(int count, long size, CancellationToken cancellation);

    /// <summary>Frees the space of the parts.</summary>
    Task AbortAsync(CancellationToken cancellation);
}
