using Mirror.Git;

namespace Mirror.Mirroring;

/// <summary>What a source is asked for on a target's behalf.</summary>
internal static class Negotiation
{
    /// <summary>Tips that the target does not have yet.</summary>
    public static IReadOnlyCollection<ObjectId> Wants(IEnumerable<RefCommand> changes, RefListing target)
    {
        var present = ObjectIdSet.Of(target.Refs.Select(found => found.Id).Concat(target.Haves));
        return ObjectIdSet.Of(changes.Where(change => !change.IsDelete && !present.Contains(change.New)).Select(change => change.New));
    }

    /// <summary>What the target has, as commits: an annotated tag stands for what it leads to, wherever the source can tell.</summary>
    public static IReadOnlyCollection<ObjectId> Haves(RefListing target, RefListing source) =>
        ObjectIdSet.Of(target.Refs.Select(found => source.Peeled.GetValueOrDefault(found.Id, found.Id)).Concat(target.Haves));
}
