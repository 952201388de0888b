namespace Mirror.Mirroring;

/// <summary>
/// A place in the life of a mirror's chain, which only ever grows: a chain that is begun anew is of a later generation. A consumer's
/// high-water mark is one.
/// </summary>
public readonly record struct ChainPosition(long Generation, long Sequence) : IComparable<ChainPosition>
{
    public int CompareTo(ChainPosition other) => (Generation, Sequence).CompareTo((other.Generation, other.Sequence));

    public static bool operator <(ChainPosition left, ChainPosition right) => left.CompareTo(right) < 0;

    public static bool operator >(ChainPosition left, ChainPosition right) => left.CompareTo(right) > 0;

    public static bool operator <=(ChainPosition left, ChainPosition right) => left.CompareTo(right) <= 0;

    public static bool operator >=(ChainPosition left, ChainPosition right) => left.CompareTo(right) >= 0;

    public override string ToString() => $"generation {Generation}, sequence {Sequence}";
}
