using Mirror.Git;

namespace Mirror.Mirroring;

/// <summary>What a mirror's chain is now: the one small object that says it all, signed by its producer.</summary>
public sealed record MirrorHead(string Mirror, ChainState State)
{
    public required DateTimeOffset Written { get; init; }

    /// <summary>By when an honest producer will have written another one.</summary>
    public required DateTimeOffset Expires { get; init; }

    public HeadTimes Times => new(Written, Expires);
}

/// <summary>When a head was written, and until when it is good, by its producer's clock.</summary>
public readonly record struct HeadTimes(DateTimeOffset Written, DateTimeOffset Expires)
{
    /// <summary>Whether the producer is silent, or somebody withholds its newer heads. Then a target that is as this head says need not be
    /// as the source is.</summary>
    public bool IsExpired(DateTimeOffset now) => Expires < now;

    /// <summary>Whether this clock or the producer's is wrong.</summary>
    public bool IsFromTheFuture(DateTimeOffset now) => Written > now + ClockTolerance.OfTwoSides;
}

/// <summary>A chain, and the refs at its end. Its <see cref="Position"/> only ever grows.</summary>
public sealed record ChainState(long Generation, ObjectFormat Format)
{
    /// <summary>In the order of their sequence; at least one, and a full one among them.</summary>
    public required IReadOnlyList<ChainEntry> Chain { get; init; }

    /// <summary>The destination patterns of the ref map: what a consumer may create, move and delete; <c>^</c> for what not.</summary>
    public required IReadOnlyList<string> Managed { get; init; }

    /// <summary>What the destination has after the last entry, by name.</summary>
    public required RefList Refs { get; init; }

    /// <summary>The default branch, as the destination calls it.</summary>
    public RefName? Head { get; init; }

    public ChainEntry Last => Chain[^1];

    public long Sequence => Last.Sequence;

    public ChainPosition Position => new(Generation, Sequence);

    /// <summary>Bytes of all its objects.</summary>
    public long Size => Chain.Sum(entry => entry.Size);

    public int CountOf(BundleKind kind) => Chain.Count(entry => entry.Kind == kind);
}
