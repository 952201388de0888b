using Mirror.Git;

namespace Mirror.Mirroring;

/// <summary>One mirror in one run: read both sides, plan, and let the target's session push until its own refs say that it is done.</summary>
internal sealed class SyncRun(SyncRequest request, RemoteSettings settings, TransferMeter meter) : IAsyncDisposable
{
    private readonly TargetSession _target = new(request.Target, settings, meter) { PushOptions = request.PushOptions };
    private readonly Delivery _delivery = new();

    private RefListing? _source;
    private TargetPlan? _plan;
    private MirrorError? _held;

    /// <summary>Does all that there is to do; after a failure that may pass, what is left of it.</summary>
    public async Task<bool> RoundAsync(CancellationToken cancellation)
    {
        await using var source = new SyncSource(request, settings, meter);
        meter.Stage = "reading refs";
        var from = _source = await ReadBothAsync(source, cancellation);
        var wanted = WantedRefs.Of(request.Refs, from, mayMiss: request.AllowMassDelete);
        var cargo = new Cargo(target => _plan = TargetPlan.Make(wanted, target, request.Prune),
            (changes, token) => source.FetchAsync(changes, _target, token))
        {
            Choose = changes => MayGoOn() ? changes : [],
        };
        await _target.DeliverAsync(cargo, _delivery, cancellation);
        return true;
    }

    /// <summary>After a failure that ends the run: looks once more what became of a push whose report was lost.</summary>
    /// <returns>False if the target could not be asked, so that nobody knows.</returns>
    public Task<bool> TryLookBackAsync(CancellationToken cancellation) => _target.TryLookBackAsync(cancellation);

    /// <summary>What has come of it so far: right after the last round, or after an exception between two.</summary>
    public MirrorOutcome Outcome(MirrorError? failure = null)
    {
        var error = failure ?? _held ?? RefsError.Of(request.Target, _delivery.Refused, _plan);
        var changes = request.DryRun && _plan is not null ? _plan.Changes : _target.Moved;
        return new MirrorOutcome(request.Mirror, MirrorOutcome.KindOf(error, changes.Count))
        {
            // The last plan was made of the target's refs after the last push, and nothing is left in it.
            IsProven = error is null && _plan is { Changes.Count: 0 } && !request.DryRun,
            Refs = RefCounts.Of(changes, rejected: _delivery.Refused.Count + (_plan?.ProblemCount ?? 0)),
            Bytes = meter.Bytes,
            Error = error,
            Changes = changes,
        };
    }

    private bool MayGoOn()
    {
        _held = request.AllowMassDelete ? null : MassDeleteGuard.Check(_plan!);
        return _held is null && !request.DryRun;
    }

    /// <summary>Lists both sides at once, and fails as soon as one of them does.</summary>
    private async Task<RefListing> ReadBothAsync(SyncSource source, CancellationToken cancellation)
    {
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var reading = source.ListAsync(both.Token);
        var looking = _target.LookAsync(both.Token);
        if ((await Task.WhenAny(reading, looking)).IsFaulted)
        {
            // One has failed: no need to wait for the other.
            await both.CancelAsync();
        }
        await Task.WhenAll((Task)reading, looking).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellation.ThrowIfCancellationRequested();
        await (reading.IsFaulted ? reading : looking);
        var from = await reading;
        if (from.Refs.Count > 0)
        {
            FormatGuard.Check("source", from.Format, request.Target, _target.Listing.Format);
        }
        return from;
    }

    public ValueTask DisposeAsync() => _target.DisposeAsync();
}
