using Mirror.Git;

namespace Mirror.Mirroring;

/// <summary>One mirror whose changes go into the bucket.</summary>
public sealed record ProduceRequest(string Mirror, RemoteUrl Source)
{
    public RefMap Refs { get; init; } = RefMap.Default;

    /// <summary>Goes on where a guard would hold the mirror for deleting too much.</summary>
    public bool AllowMassDelete { get; init; }

    /// <summary>Writes a full bundle, whether or not one is due.</summary>
    public bool Full { get; init; }

    /// <summary>Looks at the source and writes nothing.</summary>
    public bool DryRun { get; init; }
}
