using Mirror.Storage;

namespace Mirror.Mirroring;

/// <summary>What the search for retired mirrors has done about one of them.</summary>
public sealed record SweptMirror(string Mirror)
{
    /// <summary>The objects that were deleted in the bucket.</summary>
    public int DeletedCount { get; init; }

    /// <summary>Whether the mirror is listed again, so that its marker was deleted.</summary>
    public bool IsListedAgain { get; init; }

    /// <summary>Why nothing, or not all, could be done.</summary>
    public StorageException? Fault { get; init; }
}
