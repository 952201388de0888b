using Mirror.Storage;

namespace Mirror.Mirroring;

/// <summary>The result of a sweep for one retired mirror.</summary>
public sealed record SweptMirror(string Mirror)
{
    /// <summary>The number of objects deleted in the bucket.</summary>
    public int DeletedCount { get; init; }

    /// <summary>Whether the mirror is configured again, so that its marker was deleted.</summary>
    public bool IsListedAgain { get; init; }

    /// <summary>Why nothing, or not everything, could be done.</summary>
    public StorageException? Fault { get; init; }
}
