namespace Mirror.Storage.Parts;

/// <summary>One object under way to a store that takes large ones in parts.</summary>
internal interface IPartTarget
{
    /// <summary>An object of less than a part, by one request. Gives null when the condition of the write does not hold.</summary>
    Task<StoredObject?> TryPutWholeAsync(ReadOnlyMemory<byte> content, CancellationToken cancellation);

    /// <summary>Before the first part.</summary>
    Task BeginAsync(CancellationToken cancellation);

    /// <summary>Parts are numbered from 1. Some are sent at once, in any order.</summary>
    Task PutPartAsync(int number, ReadOnlyMemory<byte> content, CancellationToken cancellation);

    /// <summary>Makes them one object. Gives null when the condition of the write does not hold.</summary>
    Task<StoredObject?> TryJoinAsync(int count, long size, CancellationToken cancellation);

    /// <summary>Frees what the parts take.</summary>
    Task AbortAsync(CancellationToken cancellation);
}
