namespace Mirror.Mirroring;

public enum BundleKind
{
    /// <summary>Whole in itself.</summary>
    Full,

    /// <summary>What is new since the entry before it.</summary>
    Delta,
}

/// <summary>One bundle of a chain, and the state that a destination has after it.</summary>
public sealed record ChainEntry(long Sequence, BundleKind Kind, string Key)
{
    /// <summary>Bytes of the object, encrypted.</summary>
    public required long Size { get; init; }

    /// <summary>Of the object, encrypted: lower-case digits.</summary>
    public required string Sha256 { get; init; }

    /// <summary>
    /// Of what stands before the object's first chunk. Whoever could only write to
    /// the bucket cannot have made another payload under it, so a
    /// reader can pass on each chunk as it comes, and need not read the object twice.
    /// </summary>
    public required string HeaderSha256 { get; init; }

    public required string RefsDigest { get; init; }

    public required DateTimeOffset Written { get; init; }
}
