using Mirror.Git;

namespace Mirror.Mirroring;

/// <summary>One mirror in one run, in rounds: read both sides, plan, push. Each round looks at the target anew.</summary>
internal sealed class SyncRun(SyncRequest request, RemoteSettings settings, TransferMeter meter)
{
    // One round does it; a second settles refusals; the rest is for a target that others are pushing to.
    private const int MaxRounds = 8;

    private readonly Delivery _delivery = new(request.Target, settings, meter) { PushOptions = request.PushOptions };

    private RefListing? _source;
    private TargetPlan? _plan;
    private MirrorError? _held;
    private int _rounds;

    /// <summary>Does one round; true when there is nothing more to do.</summary>
    public async Task<bool> RoundAsync(CancellationToken cancellation)
    {
        if (++_rounds > MaxRounds + _delivery.PartCount)
        {
            throw new RemoteException(RemoteFailure.Refused, request.Target.ToString(), "push",
                $"the target kept changing while we pushed; gave up after {_rounds - 1} rounds");
        }
        await using var source = UploadPack.Open(request.Source, settings);
        await using var target = ReceivePack.Open(request.Target, settings);
        meter.Stage = "reading refs";
        _plan = await PlanAsync(source, target, cancellation);
        _delivery.Settle(_plan);
        _held = request.AllowMassDelete ? null : MassDeleteGuard.Check(_plan);
        var changes = _delivery.Pending(_plan);
        return _held is not null || changes.Count == 0 || request.DryRun
            || await _delivery.PushAsync(target, changes, (part, token) => FetchAsync(source, target, part, token), cancellation);
    }

    /// <summary>After a failure that ends the run: looks once more what became of a push whose report was lost.</summary>
    /// <returns>False if the target could not be asked, so that nobody knows.</returns>
    public Task<bool> TryLookBackAsync(CancellationToken cancellation) => _delivery.TryLookBackAsync(cancellation);

    /// <summary>What has come of it so far: right after the last round, or after an exception between two.</summary>
    public MirrorOutcome Outcome(MirrorError? failure = null)
    {
        var error = failure ?? _held ?? RefsError.Of(request.Target, _delivery.Refused, _plan);
        var changes = request.DryRun && _plan is not null ? _plan.Changes : _delivery.Moved;
        return new MirrorOutcome(request.Mirror, Kind(failure, error, changes.Count))
        {
            // The last round has compared both listings, and the target has said of each ref that was pushed that it moved.
            IsProven = error is null && !request.DryRun,
            Refs = RefCounts.Of(changes, rejected: _delivery.Refused.Count + (_plan?.ProblemCount ?? 0)),
            Bytes = meter.Bytes,
            Error = error,
            SourceHead = _source?.Head,
            Changes = changes,
        };
    }

    private OutcomeKind Kind(MirrorError? failure, MirrorError? error, int changes) =>
        failure is null && _held is not null ? OutcomeKind.Held
        : error is not null ? OutcomeKind.Failed
        : changes > 0 ? OutcomeKind.Updated
        : OutcomeKind.Unchanged;

    private async Task<TargetPlan> PlanAsync(UploadPack source, ReceivePack target, CancellationToken cancellation)
    {
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var reading = source.ListAsync([.. request.Refs.Sources], both.Token);
        var looking = target.ListAsync(both.Token);
        if ((await Task.WhenAny(reading, looking)).IsFaulted)
        {
            // One has failed: no need to wait for the other.
            await both.CancelAsync();
        }
        await Task.WhenAll((Task)reading, looking).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellation.ThrowIfCancellationRequested();
        await (reading.IsFaulted ? reading : looking);
        var (from, to) = (await reading, await looking);
        if (from.Refs.Count > 0)
        {
            FormatGuard.Check("source", from.Format, request.Target, to.Format);
        }
        _source = from;
        return TargetPlan.Make(WantedRefs.Of(request.Refs, from, mayMiss: request.AllowMassDelete), to, request.Prune);
    }

    private async Task<Func<Stream, CancellationToken, Task>?> FetchAsync(
        UploadPack source, ReceivePack target, IReadOnlyList<RefCommand> changes, CancellationToken cancellation)
    {
        var wants = Negotiation.Wants(changes, _plan!.Target);
        if (wants.Count == 0)
        {
            return null;
        }
        meter.Stage = "negotiating";
        var fetch = await source.FetchAsync(new FetchRequest(wants, Negotiation.Haves(_plan.Target, _source!))
        {
            Thin = target.TakesThinPacks,
            OffsetDeltas = target.TakesOffsetDeltas,
            Progress = meter.Listener("source"),
        }, cancellation);
        var transfer = await PackTransfer.BeginAsync(fetch.Pack, request.Source, meter, cancellation);
        return transfer.CopyToAsync;
    }
}
