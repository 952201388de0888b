using Mirror.Git;

namespace Mirror.Mirroring;

/// <summary>Brings a target along a chain: bundle by bundle, and at the end what is still not as the head has it.</summary>
internal sealed class ChainDelivery(ChainState state, TargetSide target, BundleSource bundles, ChainDeliveryOptions options)
{
    private readonly RefMap _managed = options.Managed;

    // A bundle's own refs, as a restore has them, come in any order.
    private readonly RefList _end = state.Refs.Sorted();
    private readonly Dictionary<RefName, string> _refused = [];

    /// <summary>Refs that the target will not take, and its words.</summary>
    public IReadOnlyDictionary<RefName, string> Refused => _refused;

    /// <summary>The last bundle that something was pushed of.</summary>
    public ChainEntry? Applied { get; private set; }

    /// <summary>The sequence of the bundle that was begun last; 0 before the first.</summary>
    public long Current { get; private set; }

    /// <summary>Whether the target turned out to lack what the bundles build on.</summary>
    public bool LacksObjects => _refused.Values.Any(words => PushRefusals.Of(words) == PushRefusal.MissingObjects);

    /// <summary>What the target lacks of the head's refs, as of the last look.</summary>
    public TargetPlan Rest => target.RestOf(state, options.Prune);

    public async Task RunAsync(IReadOnlyList<ChainEntry> route, CancellationToken cancellation)
    {
        foreach (var entry in route)
        {
            await ApplyAsync(entry, cancellation);
        }
        await SettleAsync(cancellation);
    }

    private async Task ApplyAsync(ChainEntry entry, CancellationToken cancellation)
    {
        Current = entry.Sequence;
        options.Meter.Stage = $"bundle {entry.Sequence}";
        var delivery = new Delivery();
        // The header alone says whether there is anything to do; then the same download goes on with the pack.
        var download = await bundles.OpenAsync(entry, cancellation);
        try
        {
            var wanted = WantedRefs.Of(download.Bundle.Header.Refs, _managed);
            var cargo = new Cargo(listing => TargetPlan.Make(wanted, listing, options.Prune), SupplyAsync)
            {
                Choose = pending => Willing(pending) is { Count: > 0 } willing ? willing : Carrying(download),
                Sent = token => ProveAsync(download, token),
                Refusal = refused => new ChainException(ChainFailure.RefusedBundle,
                    $"bundle {entry.Sequence} is sound and signed, and the target does not take it: {refused.Message}", refused),
            };
            if (await target.DeliverAsync(cargo, delivery, cancellation) > 0)
            {
                Applied = entry;
            }
        }
        finally
        {
            await download.DisposeAsync();
        }
        Keep(delivery);

        async Task<Func<Stream, CancellationToken, Task>?> SupplyAsync(IReadOnlyList<RefCommand> changes, CancellationToken token)
        {
            if (download.IsSpent)
            {
                await download.DisposeAsync();
                download = await bundles.OpenAsync(entry, token);
            }
            if (download.Bundle.ObjectCount > 0 && changes.Any(change => !change.IsDelete))
            {
                return download.CopyPackAsync;
            }
            // Nothing of the bundle is sent, but its refs are only believed once all of it has proved sound.
            await download.DrainAsync(token);
            return null;
        }
    }

    /// <summary>A target that stopped reading before the end has not heard what the end would have said.</summary>
    private static async Task ProveAsync(BundleDownload download, CancellationToken cancellation)
    {
        if (download is { IsSpent: true, IsProven: false })
        {
            await download.DrainAsync(cancellation);
        }
    }

    /// <summary>What refuses to move is left to the end, unless a bundle is about nothing else.</summary>
    private IReadOnlyList<RefCommand> Willing(IReadOnlyList<RefCommand> pending)
    {
        var all = options.OnlyForward ? pending.Only(change => !IsAtItsEnd(change)) : pending;
        var willing = all.Only(change => !IsSetAside(change.Name));
        return willing.Count > 0 ? willing : all;
    }

    /// <summary>
    /// A command that moves nothing, for a pack that is about refs outside of ours alone: a later bundle may build on it, as when a branch
    /// that we do not take is merged into one that we do. Where the target does not take such a command, or drops what no ref leads to,
    /// we hear later that it lacks objects, and start at a full bundle.
    /// </summary>
    private IReadOnlyList<RefCommand> Carrying(BundleDownload download) =>
        options.IsNarrowed && download is { IsSpent: false, Bundle.ObjectCount: > 0 }
            && download.Bundle.Header.Refs.Any(found => !_managed.Manages(found.Name))
            ? [.. target.Managed.Take(1).Select(kept => new RefCommand(kept.Name, kept.Id, kept.Id))]
            : [];

    private bool IsSetAside(RefName name) =>
        _refused.ContainsKey(name) || (options.SetAside.Count > 0 && options.SetAside.Contains(name.Value));

    /// <summary>Whether a change would take back what is as the head wants it, to be made good by a later bundle.</summary>
    private bool IsAtItsEnd(RefCommand change) => _end.TryFind(change.Name, out var end) && (end == change.Old || change.IsDelete);

    /// <summary>Moves what is left with the objects that the target has by now.</summary>
    private async Task SettleAsync(CancellationToken cancellation)
    {
        _refused.Clear();
        var delivery = new Delivery();
        await target.DeliverAsync(new Cargo(_ => Rest, Cargo.NoPack), delivery, cancellation);
        Keep(delivery);
    }

    private void Keep(Delivery delivery)
    {
        foreach (var (name, words) in delivery.Refused)
        {
            _refused[name] = words;
        }
    }
}

/// <summary>How a target is brought along a chain.</summary>
internal sealed record ChainDeliveryOptions(TransferMeter Meter, RefMap Managed)
{
    /// <summary>Whether bundles are about more refs than are managed here.</summary>
    public bool IsNarrowed { get; init; }

    public bool Prune { get; init; } = true;

    /// <summary>Whether no ref may be taken back to what it was at an earlier bundle, if it is as the head wants it already.</summary>
    public bool OnlyForward { get; init; }

    /// <summary>Refs that the target has refused before.</summary>
    public IReadOnlyCollection<string> SetAside { get; init; } = [];
}
