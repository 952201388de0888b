namespace Mirror.Git;

/// <summary>What to fetch, and what need not be sent.</summary>
/// <param name="Wants">Ids that the server has listed.</param>
/// <param name="Haves">Ids that the pack's receiver has, whether or not the server knows them.</param>
public sealed record FetchRequest(IReadOnlyCollection<ObjectId> Wants, IReadOnlyCollection<ObjectId> Haves)
{
    /// <summary>Whether the receiver can complete a pack whose deltas build on what it has.</summary>
    public bool Thin { get; init; } = true;

    /// <summary>Whether the receiver understands deltas that name their base by its place in the pack.</summary>
    public bool OffsetDeltas { get; init; } = true;

    /// <summary>Whether the pack is checked as it flows. A target that indexes it does that itself; a store does not.</summary>
    public bool CheckPack { get; init; }

    /// <summary>Takes the lines of progress that the server writes for people; without a taker they are not asked for.</summary>
    public Action<string>? Progress { get; init; }
}

/// <summary>A negotiated pack on its way.</summary>
/// <param name="Common">What the server acknowledged of the haves: what the pack may build on.</param>
/// <param name="Pack">The pack, gitformat-pack(5), to be read once to its end. One that is checked ends only if it is sound.</param>
public sealed record Fetch(IReadOnlySet<ObjectId> Common, Stream Pack);
