using Mirror.Git;

namespace Mirror.Mirroring;

/// <summary>One mirror to bring in step with its chain in the bucket.</summary>
public sealed record ConsumeRequest(string Mirror, RemoteUrl Target)
{
    /// <summary>Narrows the refs that the head manages to those that this map manages at the destination; null for all.</summary>
    public RefMap? Refs { get; init; }

    /// <summary>Whether to delete refs at the target that the chain no longer has.</summary>
    public bool Prune { get; init; } = true;

    public Diverged Diverged { get; init; } = Diverged.Overwrite;

    public ExpiredHeads Expired { get; init; } = ExpiredHeads.Hold;

    /// <summary>Continues even if most refs of a target without a ledger would be deleted.</summary>
    public bool AllowMassDelete { get; init; }

    /// <summary>Whether the mirror is not listed, but accepted because the bucket has a head with an accepted name.</summary>
    public bool IsAccepted { get; init; }

    /// <summary>Reads the bucket and the target, and changes nothing.</summary>
    public bool DryRun { get; init; }
}
