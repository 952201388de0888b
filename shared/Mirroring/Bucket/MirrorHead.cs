using Mirror.Git;

namespace Mirror.Mirroring;

/// <summary>The current state of a mirror's chain, in one small object that its producer signs.</summary>
public sealed record MirrorHead(string Mirror, ChainState State)
{
    public required DateTimeOffset Written { get; init; }

    /// <summary>The time by which a working producer has written another head.</summary>
    public required DateTimeOffset Expires { get; init; }

    public HeadTimes Times => new(Written, Expires);
}

/// <summary>When a head was written, and when it expires, by its producer's clock.</summary>
public readonly record struct HeadTimes(DateTimeOffset Written, DateTimeOffset Expires)
{
    /// <summary>Whether the producer is silent, or newer heads are withheld.
    /// Then a target that matches this head may be behind the source.</summary>
    public bool IsExpired(DateTimeOffset now) => Expires < now;

    /// <summary>Whether this clock or the producer's clock is wrong.</summary>
    public bool IsFromTheFuture(DateTimeOffset now) => Written > now + ClockTolerance.OfTwoSides;
}

/// <summary>A chain and the refs at its end. Its <see cref="Position"/> only grows.</summary>
public sealed record ChainState(long Generation, ObjectFormat Format)
{
    /// <summary>In the order of their sequence. There is at least one entry, and at least one is full.</summary>
    public required IReadOnlyList<ChainEntry> Chain { get; init; }

    /// <summary>The ref map's destination patterns: the refs that a consumer may create, move and delete.
    /// <c>^</c> excludes refs.</summary>
    public required IReadOnlyList<string> Managed { get; init; }

    /// <summary>The refs of the destination after the last entry, by name.</summary>
    public required RefList Refs { get; init; }

    /// <summary>The default branch, by its name at the destination.</summary>
    public RefName? Head { get; init; }

    public ChainEntry Last => Chain[^1];

    public long Sequence => Last.Sequence;

    public ChainPosition Position => new(Generation, Sequence);

    /// <summary>The size of all objects of the chain.</summary>
    public long Size => Chain.Sum(entry => entry.Size);

    public int CountOf(BundleKind kind) => Chain.Count(entry => entry.Kind == kind);
}
