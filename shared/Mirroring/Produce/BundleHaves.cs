using Mirror.Git;

namespace Mirror.Mirroring;

/// <summary>
/// What a destination has, in words that a source understands. A branch is a commit by git's own rule. What a tag leads to is one nearly
/// always, but may be a tree or a blob: the protocol does not tell, and git takes neither for the prerequisite of a bundle.
/// </summary>
/// <param name="Commits">Tips of branches.</param>
/// <param name="Others">What other refs lead to.</param>
public sealed record BundleHaves(IReadOnlyCollection<ObjectId> Commits, IReadOnlyCollection<ObjectId> Others)
{
    public static readonly BundleHaves None = new([], []);

    internal static BundleHaves Of(RefList refs, RefListing source)
    {
        var kept = refs.Select(found => found.Id).ToHashSet();
        var commits = source.Refs.Where(found => found.Name.IsBranch && kept.Contains(found.Id)).Select(found => found.Id).ToHashSet();
        var others = source.Refs.Where(found => kept.Contains(found.Id))
            .Select(found => source.Peeled.GetValueOrDefault(found.Id, found.Id));
        return new BundleHaves(commits, [.. others.Where(id => !commits.Contains(id)).Distinct()]);
    }

    /// <summary>
    /// Those of them that a bundle names as what it builds on: of what the source acknowledged, all that are certainly commits. The rest
    /// came with the bundles before it all the same.
    /// </summary>
    internal IReadOnlyCollection<ObjectId> Prerequisites(IReadOnlySet<ObjectId>? acknowledged) =>
        [.. Commits.Where(id => acknowledged?.Contains(id) ?? true).Order()];
}
