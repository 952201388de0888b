using Mirror.Git;

namespace Mirror.Mirroring;

/// <summary>Brings a target along a chain: bundle by bundle, and at the end the refs that still differ from the head.</summary>
internal sealed class ChainDelivery(ChainState state, TargetSide target, BundleSource bundles, ChainDeliveryOptions options)
{
    private readonly RefMap _managed = options.Managed;

    // Sorted, since the refs of a bundle, which a restore uses, come in any order.
    private readonly RefList _end = state.Refs.Sorted();
    private readonly Dictionary<RefName, string> _refused = [];

    /// <summary>Refs that the target refused, with its reasons.</summary>
    public IReadOnlyDictionary<RefName, string> Refused => _refused;

    /// <summary>The last bundle of which anything was pushed.</summary>
    public ChainEntry? Applied { get; private set; }

    /// <summary>The sequence of the current bundle; 0 before the first.</summary>
    public long Current { get; private set; }

    /// <summary>Whether the target was found to lack objects that the bundles build on.</summary>
    public bool LacksObjects => _refused.Values.Any(words => PushRefusals.Of(words) == PushRefusal.MissingObjects);

    /// <summary>The changes that the target needs to match the head, as of the last look.</summary>
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
        // The header tells whether there is anything to do. The same download then continues with the pack.
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
            // Nothing of the bundle is sent, but its refs are only trusted after all of it was verified.
            await download.DrainAsync(token);
            return null;
        }
    }

    /// <summary>A target that stopped reading early has not seen an error at the end of the pack, so the rest is verified here.</summary>
    private static async Task ProveAsync(BundleDownload download, CancellationToken cancellation)
    {
        if (download is { IsSpent: true, IsProven: false })
        {
            await download.DrainAsync(cancellation);
        }
    }

    /// <summary>Refs that the target refused before are left to the end, unless the bundle changes nothing else.</summary>
    private IReadOnlyList<RefCommand> Willing(IReadOnlyList<RefCommand> pending)
    {
        var all = options.OnlyForward ? pending.Only(change => !IsAtItsEnd(change)) : pending;
        var willing = all.Only(change => !IsSetAside(change.Name));
        return willing.Count > 0 ? willing : all;
    }

    /// <summary>
    /// A command that moves nothing, to send a pack that only concerns refs which this consumer does not manage. A later bundle may build
    /// on that pack, for instance when such a branch is merged into a managed one. If the target refuses the command, or drops
    /// unreferenced objects, it later reports missing objects, and the run starts again at a full bundle.
    /// </summary>
    private IReadOnlyList<RefCommand> Carrying(BundleDownload download) =>
        options.IsNarrowed && download is { IsSpent: false, Bundle.ObjectCount: > 0 }
            && download.Bundle.Header.Refs.Any(found => !_managed.Manages(found.Name))
            ? [.. target.Managed.Take(1).Select(kept => new RefCommand(kept.Name, kept.Id, kept.Id))]
            : [];

    private bool IsSetAside(RefName name) =>
        _refused.ContainsKey(name) || (options.SetAside.Count > 0 && options.SetAside.Contains(name.Value));

    /// <summary>Whether a change would move back a ref that already is as the head wants it.
    /// A later bundle would move it forward again.</summary>
    private bool IsAtItsEnd(RefCommand change) => _end.TryFind(change.Name, out var end) && (end == change.Old || change.IsDelete);

    /// <summary>Moves the remaining refs, whose objects the target has by now.</summary>
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

/// <summary>Options for a delivery along a chain.</summary>
internal sealed record ChainDeliveryOptions(TransferMeter Meter, RefMap Managed)
{
    /// <summary>Whether the bundles have refs that are not managed here.</summary>
    public bool IsNarrowed { get; init; }

    public bool Prune { get; init; } = true;

    /// <summary>Whether a ref that already is as the head wants it must not be moved back to its state at an earlier bundle.</summary>
    public bool OnlyForward { get; init; }

    /// <summary>Refs that the target refused in earlier runs.</summary>
    public IReadOnlyCollection<string> SetAside { get; init; } = [];
}
