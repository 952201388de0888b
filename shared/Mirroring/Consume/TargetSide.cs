using Mirror.Git;

namespace Mirror.Mirroring;

/// <summary>The part of a consumer's target that the mirror manages.</summary>
internal sealed class TargetSide(TargetSession session, RefMap managed)
{
    // Excluded even if the mirror manages all refs, since this is where the refs of others are kept.
    private const string NeverManaged = $"^{Divergence.ReplacedFolder}/*";

    public RemoteUrl Url => session.Url;

    /// <summary>Whether a push by others ends the run, so that the next look decides what to do about it.</summary>
    public bool IsStrict { get; init; }

    public RefListing Listing => session.Listing;

    /// <summary>The managed refs, as of the last look.</summary>
    public IEnumerable<Ref> Managed => Listing.Refs.Where(found => managed.Manages(found.Name));

    public string Digest => RefsDigest.Of(ManagedOf(Listing));

    /// <summary>The changes that the target needs to match the chain's end, as of the last look.</summary>
    public TargetPlan RestOf(ChainState state, bool prune) => TargetPlan.Make(WantedRefs.Of(state.Refs, managed), Listing, prune);

    /// <summary>The refs that our pushes have moved.</summary>
    public IReadOnlyList<RefCommand> Moved => session.Moved.Only(change => managed.Manages(change.Name));

    /// <summary>The refs that a head's patterns let a mirror create, move and delete here.</summary>
    public static RefMap ManagedBy(IReadOnlyList<string> patterns) => RefMap.Parse([.. patterns, NeverManaged]);

    public Task LookAsync(CancellationToken cancellation) => session.LookAsync(cancellation);

    public Task<int> DeliverAsync(Cargo cargo, Delivery delivery, CancellationToken cancellation) =>
        session.DeliverAsync(IsStrict ? cargo with { Guard = ThrowIfOthersPushed } : cargo, delivery, cancellation);

    private void ThrowIfOthersPushed(RefListing listing, IReadOnlyList<RefCommand> pushed)
    {
        var before = ManagedOf(listing).DistinctBy(found => found.Name).ToDictionary(found => found.Name, found => found.Id);
        var now = Managed.DistinctBy(found => found.Name).ToDictionary(found => found.Name, found => found.Id);
        var ours = pushed.ToDictionary(change => change.Name, change => change.New);
        foreach (var name in before.Keys.Union(now.Keys))
        {
            var id = now.GetValueOrDefault(name, Listing.Format.Null);
            if (id != before.GetValueOrDefault(name, Listing.Format.Null) && (!ours.TryGetValue(name, out var wanted) || id != wanted))
            {
                throw new RemoteException(RemoteFailure.Moved, Url.ToString(), "push", $"another client moved {name} during the run");
            }
        }
    }

    public bool Manages(RefName name) => managed.Manages(name);

    private RefList ManagedOf(RefListing listing) => listing.Refs.Only(managed.Manages);
}
