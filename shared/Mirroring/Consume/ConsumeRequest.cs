using Mirror.Git;

namespace Mirror.Mirroring;

/// <summary>One mirror to be brought in step with its chain in the bucket.</summary>
public sealed record ConsumeRequest(string Mirror, RemoteUrl Target)
{
    /// <summary>Narrows what the head manages to what these manage at the destination; null for all of it.</summary>
    public RefMap? Refs { get; init; }

    /// <summary>Whether refs that the chain no longer has are deleted at the target.</summary>
    public bool Prune { get; init; } = true;

    public Diverged Diverged { get; init; } = Diverged.Overwrite;

    public ExpiredHeads Expired { get; init; } = ExpiredHeads.Hold;

    /// <summary>Goes on where most of a target that was never consumed to would be deleted.</summary>
    public bool AllowMassDelete { get; init; }

    /// <summary>Whether nobody listed it: it is taken because the bucket has a head of a name that is accepted.</summary>
    public bool IsAccepted { get; init; }

    /// <summary>Looks at the bucket and the target, and moves nothing.</summary>
    public bool DryRun { get; init; }
}
