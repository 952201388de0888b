using Mirror.Git;

namespace Mirror.Mirroring;

/// <summary>The wants and haves for a source, on behalf of a target.</summary>
internal static class Negotiation
{
    /// <summary>Tips that the target does not have yet.</summary>
    public static IReadOnlyCollection<ObjectId> Wants(IEnumerable<RefCommand> changes, RefListing target)
    {
        var present = ObjectIdSet.Of(target.Refs.Select(found => found.Id).Concat(target.Haves));
        return ObjectIdSet.Of(changes.Where(change => !change.IsDelete && !present.Contains(change.New)).Select(change => change.New));
    }

    /// <summary>What the target has, as commits: an annotated tag is replaced with the object that it leads to,
    /// if the source reports it.</summary>
    public static IReadOnlyCollection<ObjectId> Haves(RefListing target, RefListing source) =>
        ObjectIdSet.Of(target.Refs.Select(found => source.Peeled.GetValueOrDefault(found.Id, found.Id)).Concat(target.Haves));
}
