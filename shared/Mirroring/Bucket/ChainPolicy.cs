namespace Mirror.Mirroring;

/// <summary>How long objects are kept, and how long chains may grow.</summary>
public sealed record ChainPolicy
{
    public static readonly ChainPolicy Default = new();

    /// <summary>How long a head is valid. An older head means that the producer is silent, or that newer heads are withheld.</summary>
    public TimeSpan Expiry { get; init; } = TimeSpan.FromDays(7);

    /// <summary>The age at which the head of an unchanged mirror is written again.</summary>
    public TimeSpan Heartbeat { get; init; } = TimeSpan.FromDays(1);

    /// <summary>How long an object is kept after it is no longer needed, for consumers that still read it.</summary>
    public TimeSpan Retention { get; init; } = TimeSpan.FromDays(7);

    /// <summary>After this number of deltas the next bundle is a full one.</summary>
    public int MaxDeltas { get; init; } = 50;

    /// <summary>When deltas together reach this share of their full bundle's size, the next bundle is a full one.</summary>
    public double MaxDeltaShare { get; init; } = 0.5;

    internal bool IsDueForFull(IReadOnlyList<ChainEntry> chain)
    {
        var full = chain.Last(entry => entry.Kind == BundleKind.Full);
        var deltas = chain.Where(entry => entry.Sequence > full.Sequence).ToList();
        return deltas.Count >= MaxDeltas || deltas.Sum(entry => entry.Size) > full.Size * MaxDeltaShare;
    }

    /// <summary>Leaves out entries that a full bundle has replaced for longer than the retention.</summary>
    internal IReadOnlyList<ChainEntry> Trimmed(IReadOnlyList<ChainEntry> chain, DateTimeOffset now)
    {
        var first = chain.LastOrDefault(entry => entry.Kind == BundleKind.Full && entry.Written + Retention < now) ?? chain[0];
        return first == chain[0] ? chain : [.. chain.Where(entry => entry.Sequence >= first.Sequence)];
    }
}
