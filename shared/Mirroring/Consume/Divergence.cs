using System.Globalization;
using Mirror.Git;

namespace Mirror.Mirroring;

/// <summary>Changes that others made at a target: refs that match neither a bundle nor the head.
/// A policy decides what happens to them.</summary>
internal sealed class Divergence
{
    public const string ReplacedFolder = "refs/mirror/replaced";

    private readonly TargetSide _target;

    // Refs whose tips would be lost.
    private readonly IReadOnlyList<Ref> _foreign;

    // Refs that were deleted by others.
    private readonly IReadOnlyList<RefName> _missing;

    private Divergence(TargetSide target, IReadOnlyList<Ref> foreign, IReadOnlyList<RefName> missing) =>
        (_target, _foreign, _missing) = (target, foreign, missing);

    /// <param name="rest">The changes to make.</param>
    /// <param name="since">The state that the target was brought to, if known, and the states after it.</param>
    public static async Task<Divergence> FindAsync(ChainState state, TargetSide target, TargetPlan rest, IAsyncEnumerable<RefList> since)
    {
        // A run that died, with a target that is not atomic, may have left each ref at any of these states.
        var own = state.Refs.ToHashSet();
        HashSet<RefName>? known = null;
        await foreach (var refs in since)
        {
            own.UnionWith(refs);
            known ??= [.. refs.Select(found => found.Name)];
        }
        var names = target.Managed.Select(found => found.Name).ToHashSet();
        return new Divergence(
            target,
            [.. rest.Changes.Where(change => !change.IsCreate).Select(change => new Ref(change.Name, change.Old)).Where(
                found => !own.Contains(found))],
            [.. state.Refs.Select(found => found.Name).Where(name =>
                known?.Contains(name) is true && !names.Contains(name) && target.Manages(name))]);
    }

    /// <summary>An error if others made any changes.</summary>
    public MirrorError? Refuse() => _foreign.Count + _missing.Count > 0 ? ToError("; nothing was done") : null;

    /// <summary>Moves the refs of others out of the way. An error if the target refuses that.</summary>
    public async Task<MirrorError?> PreserveAsync(DateTimeOffset now, CancellationToken cancellation)
    {
        var folder = $"{ReplacedFolder}/{now.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture)}";
        RefList copies = [.. _foreign.Select(found => new Ref(RefName.Parse($"{folder}/{found.Name.Value["refs/".Length..]}"), found.Id))];
        var wanted = WantedRefs.Of(copies, RefMap.Parse([$"{folder}/*"]));
        await _target.DeliverAsync(new Cargo(listing => TargetPlan.Make(wanted, listing, prune: false), Cargo.NoPack)
        {
            // Refs that another round has kept in the same second stay.
            Choose = changes => [.. changes.Where(change => change.IsCreate)],
        }, new Delivery(), cancellation);
        var present = _target.Listing.Refs.ToHashSet();
        return copies.All(present.Contains)
            ? null
            : ToError($", and does not take {ReplacedFolder}/… to keep what they made; nothing was done");
    }

    private MirrorError ToError(string rest)
    {
        var refs = _foreign.Select(found => (found.Name, Why: $"is at {found.Id.Abbreviated}, which did not come from here"))
            .Concat(_missing.Select(name => (Name: name, Why: "was deleted there"))).Take(MirrorError.MaxRefs)
            .ToDictionary(each => each.Name.Value, each => each.Why);
        return new MirrorError(Reason.Diverged, $"{_target.Url}: was changed by others{rest}")
        {
            Refs = refs,
            MoreRefs = _foreign.Count + _missing.Count - refs.Count,
        };
    }
}
