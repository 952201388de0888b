namespace Mirror.Mirroring;

/// <summary>
/// A position in a mirror's chain. Positions only grow: a chain that starts again has a later generation.
/// A consumer's high-water mark is a position.
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
