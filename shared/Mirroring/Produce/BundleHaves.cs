using Mirror.Git;

namespace Mirror.Mirroring;

/// <summary>
/// What a destination has, as haves for a source. The tip of a branch is always a commit, which git enforces. A tag nearly always leads
/// to a commit, but may lead to a tree or a blob. The protocol does not tell, and git accepts neither as a bundle's prerequisite.
/// </summary>
/// <param name="Commits">Tips of branches.</param>
/// <param name="Others">The objects that other refs lead to.</param>
public sealed record BundleHaves(ObjectIdSet Commits, ObjectIdSet Others)
{
    public static readonly BundleHaves None = new([], []);

    /// <summary>All of them: those that are certainly commits, and those that may be.</summary>
    internal ObjectIdSet All() => Others.Count == 0 ? Commits : ObjectIdSet.Of(Commits.Concat(Others));

    internal static BundleHaves Of(RefList refs, RefListing source)
    {
        // Most maps keep all refs that the source was asked for.
        var kept = ReferenceEquals(refs, source.Refs) ? null : ObjectIdSet.Of(refs.Select(found => found.Id));
        var found = source.Refs.Where(each => kept?.Contains(each.Id) ?? true);
        var commits = ObjectIdSet.Of(found.Where(each => each.Name.IsBranch).Select(each => each.Id));
        var others = found.Where(each => !each.Name.IsBranch).Select(each => source.Peeled.GetValueOrDefault(each.Id, each.Id));
        return new BundleHaves(commits, ObjectIdSet.Of(others.Where(id => !commits.Contains(id))));
    }

    /// <summary>
    /// The prerequisites of a bundle: the acknowledged haves that are certainly commits. The others came with earlier bundles too.
    /// </summary>
    internal IReadOnlyCollection<ObjectId> Prerequisites(IReadOnlySet<ObjectId>? acknowledged) =>
        acknowledged is null ? Commits : ObjectIdSet.Of(Commits.Where(acknowledged.Contains));
}
