using Mirror.Git;
using Mirror.Storage;

namespace Mirror.Mirroring;

/// <summary>
/// One mirror in one run: verify the head, find the target's place in the chain, apply the bundles that follow, and look at the target
/// again. Only then is the progress written to the ledger.
/// </summary>
internal sealed class ConsumeRun : IAsyncDisposable
{
    private readonly ConsumeRequest _request;
    private readonly Consumer _consumer;
    private readonly TransferMeter _meter;
    private readonly RunLedger<ConsumerLedger> _ledger;
    private readonly ConsumerLedgerWriter _writer;
    private readonly BucketSide _bucket;
    private readonly TargetSession _session;
    private readonly Narrowing _narrowing;
    private readonly TargetLook _look;
    private readonly DivergenceGuard _guard;

    public ConsumeRun(ConsumeRequest request, Consumer consumer, BucketListing listing, TransferMeter meter)
    {
        (_request, _consumer, _meter) = (request, consumer, meter);
        _ledger = consumer.Ledgers.OfConsumer(request.Mirror);
        _writer = new ConsumerLedgerWriter(request, consumer, _ledger);
        _bucket = new BucketSide(request.Mirror, consumer, listing, meter);
        _session = new TargetSession(request.Target, consumer.Settings, meter);
        _narrowing = new Narrowing(request.Refs);
        _look = new TargetLook(request, _session, _narrowing, meter);
        _guard = new DivergenceGuard(request, consumer, _bucket);
    }

    /// <summary>Repeats rounds until the mirror is done, and keeps a failure in the ledger for <c>mirror status</c>.</summary>
    public async Task<MirrorOutcome> RunAsync(CancellationToken cancellation)
    {
        var attempts = new Attempts(_consumer.Time, _consumer.Random, _meter);
        var last = await attempts.RunAsync(ConsumeRound.None, RoundAsync, cancellation);
        var failure = await _session.ErrorOfAsync(last.Broken, cancellation);
        var outcome = last.Outcome(_request, MovedBy(last), failure);
        outcome = outcome with { Bytes = _meter.Bytes, Sequence = outcome.Sequence ?? _ledger.Value?.Sequence };
        return failure is not null || outcome.Kind == OutcomeKind.Held ? await _writer.RememberAsync(outcome, cancellation) : outcome;
    }

    private IReadOnlyList<RefCommand> MovedBy(ConsumeRound last) =>
        last.Managed is { } managed ? new TargetSide(_session, managed).Moved : [];

    private async Task<ConsumeRound> RoundAsync(ConsumeRound before, CancellationToken cancellation)
    {
        var round = before.Next();
        try
        {
            await _ledger.ReadAsync(cancellation);
            round = round.WithWarning(_ledger.Fault);
            var stored = await _bucket.FindHeadAsync(cancellation);
            if (_ledger.Value is { } ledger && await _look.FindUnchangedAsync(ledger, stored, cancellation) is { } unchanged)
            {
                round = round.With(HeadAge.Of(ledger.HeadTimes, _consumer.Now), _request.Expired) with
                {
                    Managed = unchanged,
                    IsProven = !_request.DryRun && !ledger.HeadTimes.IsExpired(_consumer.Now),
                };
                await _writer.RememberProofAsync(ledger, round, cancellation);
                return round with { IsDone = true };
            }
            if (await TryInTurnAsync(CatchUpAsync, stored, cancellation))
            {
                return round with { IsDone = true };
            }
            await _bucket.ListAgainAsync(cancellation);
            return round;

            async Task CatchUpAsync(CancellationToken turn)
            {
                var (head, etag) = await _bucket.ReadTrustedHeadAsync(stored, _ledger.Value, turn);
                var state = head.State;
                round = round.With(HeadAge.Of(head.Times, _consumer.Now), _request.Expired) with { Sequence = state.Sequence };
                await _writer.BeginAsync(turn);
                var managed = _narrowing.ManagedBy(state.Managed);
                round = round.WithWarning(_narrowing.Notice(state, _ledger.Value)) with { Managed = managed };
                var target = await _look.LookForAsync(state, managed, turn);
                var place = TargetPlace.Of(state, target, _ledger.Value, _narrowing);
                round = round.WithWarning(place.Warning) with { Planned = PlannedAt(target, state) };
                round = round with { Held = await _guard.CheckAsync(state, target, place, turn) };
                if (round.Held is not null)
                {
                    return;
                }
                var route = place.Route(state, _bucket.Listing);
                if (_request.DryRun)
                {
                    _ = route ?? ChainRoute.FromFull(state, _bucket.Listing);
                    return;
                }
                var catchUp = new CatchUp(state, target, _bucket, OptionsFor(managed));
                try
                {
                    await catchUp.RunAsync(route, onlyForward: place.Known is null, turn);
                }
                finally
                {
                    round = round with { Applied = catchUp.Delivery.Applied ?? round.Applied };
                }
                var (left, isEqual) = catchUp.Result();
                // A target that matches an expired head is no proof: it may be behind the source.
                round = round with { Left = left, IsProven = isEqual && !head.Times.IsExpired(_consumer.Now) };
                await _writer.ConcludeAsync(round, ConsumerLedger.At(head, etag) with
                {
                    TargetDigest = target.Digest,
                    Narrowing = _narrowing.Of(state),
                    SetAside = ConsumerLedger.SetAsideOf(catchUp.Delivery.Refused, _consumer.Redact),
                }, turn);
            }
        }
        catch (Exception broken) when (Reason.TryOf(broken) is not null)
        {
            return round with { Broken = broken };
        }
    }

    /// <summary>Does work in this mirror's turn. A dry run needs no turn.</summary>
    /// <returns>False if another worker has changed the ledger since it was read.</returns>
    private async Task<bool> TryInTurnAsync(Func<CancellationToken, Task> work, StoredObject head, CancellationToken cancellation)
    {
        if (_request.DryRun)
        {
            await work(cancellation);
            return true;
        }
        if (_writer.IsUnknown)
        {
            // Before the turn is taken, since a lease leaves an object in the state.
            await _bucket.ReadTrustedHeadAsync(head, ledger: null, cancellation);
        }
        return await _ledger.TryTakeTurnAsync(work, cancellation);
    }

    private IReadOnlyList<RefCommand> PlannedAt(TargetSide target, ChainState state) =>
        _request.DryRun ? target.RestOf(state, _request.Prune).Changes : [];

    private ChainDeliveryOptions OptionsFor(RefMap managed) => new(_meter, managed)
    {
        IsNarrowed = _narrowing.IsThere,
        Prune = _request.Prune,
        SetAside = _ledger.Value?.SetAside.Keys.ToHashSet() ?? [],
    };

    public ValueTask DisposeAsync() => _session.DisposeAsync();
}
