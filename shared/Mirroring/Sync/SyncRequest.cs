using Mirror.Git;

namespace Mirror.Mirroring;

/// <summary>One mirror to bring in step, directly from source to target.</summary>
public sealed record SyncRequest(string Mirror, RemoteUrl Source, RemoteUrl Target)
{
    public RefMap Refs { get; init; } = RefMap.Default;

    /// <summary>Whether refs that the source no longer has are deleted at the target.</summary>
    public bool Prune { get; init; } = true;

    /// <summary>Goes on where a guard would hold the mirror for deleting too much.</summary>
    public bool AllowMassDelete { get; init; }

    /// <summary>Looks at both sides and moves nothing.</summary>
    public bool DryRun { get; init; }

    /// <summary>Words for the target's hooks, as <c>git push -o</c> sends them.</summary>
    public IReadOnlyCollection<string> PushOptions { get; init; } = [];
}
