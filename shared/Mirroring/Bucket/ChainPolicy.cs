namespace Mirror.Mirroring;

/// <summary>How long things are kept, and how large they may grow.</summary>
public sealed record ChainPolicy
{
    public static readonly ChainPolicy Default = new();

    /// <summary>How long a head is good for. Whoever sees an older one knows that the producer is silent, or is being silenced.</summary>
    public TimeSpan Expiry { get; init; } = TimeSpan.FromDays(7);

    /// <summary>How old the head of a mirror that does not change may become before it is written anew.</summary>
    public TimeSpan Heartbeat { get; init; } = TimeSpan.FromDays(1);

    /// <summary>How long an object stays after it is no longer needed, for consumers under way.</summary>
    public TimeSpan Retention { get; init; } = TimeSpan.FromDays(7);

    /// <summary>So many deltas behind a full bundle, and the next one is full.</summary>
    public int MaxDeltas { get; init; } = 50;

    /// <summary>Deltas that together are this much of their full bundle are better sent as a new one.</summary>
    public double MaxDeltaShare { get; init; } = 0.5;

    internal bool IsDueForFull(IReadOnlyList<ChainEntry> chain)
    {
        var full = chain.Last(entry => entry.Kind == BundleKind.Full);
        var deltas = chain.Where(entry => entry.Sequence > full.Sequence).ToList();
        return deltas.Count >= MaxDeltas || deltas.Sum(entry => entry.Size) > full.Size * MaxDeltaShare;
    }

    /// <summary>Leaves out what a full bundle has stood in for longer than the retention.</summary>
    internal IReadOnlyList<ChainEntry> Trimmed(IReadOnlyList<ChainEntry> chain, DateTimeOffset now)
    {
        var first = chain.LastOrDefault(entry => entry.Kind == BundleKind.Full && entry.Written + Retention < now) ?? chain[0];
        return first == chain[0] ? chain : [.. chain.Where(entry => entry.Sequence >= first.Sequence)];
    }
}
