namespace Mirror.Mirroring;

public enum BundleKind
{
    /// <summary>Complete in itself.</summary>
    Full,

    /// <summary>The changes since the entry before it.</summary>
    Delta,
}

/// <summary>One bundle of a chain, and the destination's state after it.</summary>
public sealed record ChainEntry(long Sequence, BundleKind Kind, string Key)
{
    /// <summary>The size of the encrypted object.</summary>
    public required long Size { get; init; }

    /// <summary>The SHA-256 of the encrypted object, in lower-case digits.</summary>
    public required string Sha256 { get; init; }

    /// <summary>
    /// The SHA-256 of the bytes before the object's first chunk. Without the file key, a writer to the bucket cannot create another
    /// payload for the same header. So a reader can pass on each chunk as it comes, and need not read the object twice.
    /// </summary>
    public required string HeaderSha256 { get; init; }

    public required string RefsDigest { get; init; }

    public required DateTimeOffset Written { get; init; }
}
