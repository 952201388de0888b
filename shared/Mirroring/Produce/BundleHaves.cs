using Mirror.Git;

namespace Mirror.Mirroring;

/// <summary>
/// What a destination has, in words that a source understands. A branch is a commit by git's own rule. What a tag leads to is one nearly
/// always, but may be a tree or a blob: the protocol does not tell, and git takes neither for the prerequisite of a bundle.
/// </summary>
/// <param name="Commits">Tips of branches.</param>
/// <param name="Others">What other refs lead to.</param>
public sealed record BundleHaves(ObjectIdSet Commits, ObjectIdSet Others)
{
    public static readonly BundleHaves None = new([], []);

    /// <summary>All of them, those that are certainly commits and those that may be.</summary>
    internal ObjectIdSet All() => Others.Count == 0 ? Commits : ObjectIdSet.Of(Commits.Concat(Others));

    internal static BundleHaves Of(RefList refs, RefListing source)
    {
        // Most maps keep all that the source was asked for.
        var kept = ReferenceEquals(refs, source.Refs) ? null : ObjectIdSet.Of(refs.Select(found => found.Id));
        var found = source.Refs.Where(each => kept?.Contains(each.Id) ?? true);
        var commits = ObjectIdSet.Of(found.Where(each => each.Name.IsBranch).Select(each => each.Id));
        var others = found.Where(each => !each.Name.IsBranch).Select(each => source.Peeled.GetValueOrDefault(each.Id, each.Id));
        return new BundleHaves(commits, ObjectIdSet.Of(others.Where(id => !commits.Contains(id))));
    }

    /// <summary>
    /// Those of them that a bundle names as what it builds on: of what the source acknowledged, all that are certainly commits. The rest
    /// came with the bundles before it all the same.
    /// </summary>
    internal IReadOnlyCollection<ObjectId> Prerequisites(IReadOnlySet<ObjectId>? acknowledged) =>
        acknowledged is null ? Commits : ObjectIdSet.Of(Commits.Where(acknowledged.Contains));
}
