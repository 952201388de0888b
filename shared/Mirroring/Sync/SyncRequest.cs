using Mirror.Git;

namespace Mirror.Mirroring;

/// <summary>One mirror to sync directly from source to target.</summary>
public sealed record SyncRequest(string Mirror, RemoteUrl Source, RemoteUrl Target)
{
    public RefMap Refs { get; init; } = RefMap.Default;

    /// <summary>Whether to delete refs at the target that the source no longer has.</summary>
    public bool Prune { get; init; } = true;

    /// <summary>Continues even if the guard against mass deletion would hold the mirror.</summary>
    public bool AllowMassDelete { get; init; }

    /// <summary>Reads both sides, and changes nothing.</summary>
    public bool DryRun { get; init; }

    /// <summary>Push options for the target's hooks, as with <c>git push -o</c>.</summary>
    public IReadOnlyCollection<string> PushOptions { get; init; } = [];
}
