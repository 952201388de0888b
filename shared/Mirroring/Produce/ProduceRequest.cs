using Mirror.Git;

namespace Mirror.Mirroring;

/// <summary>One mirror whose changes are written into the bucket.</summary>
public sealed record ProduceRequest(string Mirror, RemoteUrl Source)
{
    public RefMap Refs { get; init; } = RefMap.Default;

    /// <summary>Continues even if the guard against mass deletion would hold the mirror.</summary>
    public bool AllowMassDelete { get; init; }

    /// <summary>Writes a full bundle, due or not.</summary>
    public bool Full { get; init; }

    /// <summary>Reads the source, and writes nothing.</summary>
    public bool DryRun { get; init; }
}
