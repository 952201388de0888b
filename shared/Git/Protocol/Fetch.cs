namespace Mirror.Git;

/// <summary>What to fetch, and which objects the receiver already has.</summary>
/// <param name="Wants">Ids from the server's listing.</param>
/// <param name="Haves">Ids that the receiver of the pack has, whether or not the server knows them.</param>
public sealed record FetchRequest(IReadOnlyCollection<ObjectId> Wants, IReadOnlyCollection<ObjectId> Haves)
{
    /// <summary>Whether the receiver can complete a thin pack: one with deltas against objects that it already has.</summary>
    public bool Thin { get; init; } = true;

    /// <summary>Whether the receiver understands offset deltas, which name their base by its position in the pack.</summary>
    public bool OffsetDeltas { get; init; } = true;

    /// <summary>Whether to check the pack while it is read. A target that indexes the pack checks it itself; a store does not.</summary>
    public bool CheckPack { get; init; }

    /// <summary>Receives the server's progress lines. Without a receiver, no progress is requested.</summary>
    public Action<string>? Progress { get; init; }
}

/// <summary>A pack that was negotiated and is being received.</summary>
/// <param name="Common">The haves that the server acknowledged. The pack may build on these.</param>
/// <param name="Pack">The pack, gitformat-pack(5), to be read once to its end.
/// A checked pack ends only if it is valid; otherwise the read fails.</param>
public sealed record Fetch(IReadOnlySet<ObjectId> Common, Stream Pack);
