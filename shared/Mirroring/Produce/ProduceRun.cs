using Mirror.Git;

namespace Mirror.Mirroring;

/// <summary>
/// One mirror in one run. The order of the writes makes it safe: first the bundle, then the ledger, which is the commit, then the head
/// with the ledger's state. A run that dies in between leaves at worst unused objects, and the next run continues.
/// </summary>
internal sealed class ProduceRun
{
    private readonly ProduceRequest _request;
    private readonly Producer _producer;
    private readonly BucketListing _listing;
    private readonly TransferMeter _meter;
    private readonly RunLedger<ProducerLedger> _ledger;
    private readonly ChainWriter _chain;
    private readonly HeadWriter _head;
    private readonly SourceDoubt _doubt;
    private bool _isRetired;

    public ProduceRun(ProduceRequest request, Producer producer, BucketListing listing, TransferMeter meter)
    {
        (_request, _producer, _listing, _meter) = (request, producer, listing, meter);
        _ledger = producer.Ledgers.OfProducer(request.Mirror);
        _chain = new ChainWriter(request.Mirror, producer, _ledger, new BundleUpload(request, producer.Bucket, producer.Keys, meter));
        _head = new HeadWriter(producer, _ledger);
        _doubt = new SourceDoubt(request.Mirror, producer, _ledger, meter);
    }

    /// <summary>Repeats rounds until the mirror is done, and keeps the outcome for <c>mirror status</c>.</summary>
    public async Task<MirrorOutcome> RunAsync(CancellationToken cancellation)
    {
        var attempts = new Attempts(_producer.Time, _producer.Random, _meter);
        var last = await attempts.RunAsync(ProduceRound.None, RoundAsync, cancellation);
        if (!last.CastsDoubt)
        {
            return await RememberAsync(last, cancellation);
        }
        var unkept = await _doubt.KeepAsync(cancellation);
        cancellation.ThrowIfCancellationRequested();
        var outcome = await RememberAsync(last, cancellation);
        return unkept is null ? outcome : outcome with { Warnings = [.. outcome.Warnings, unkept] };
    }

    private async Task<ProduceRound> RoundAsync(ProduceRound before, CancellationToken cancellation)
    {
        var round = before.Next();
        try
        {
            await _ledger.ReadAsync(cancellation);
            if (_ledger.Fault is { } fault)
            {
                _meter.Note?.Invoke(fault);
            }
            await using var source = UploadPack.Open(_request.Source, _producer.Settings);
            var plan = await PlanAsync(source, round.HasFull ? _request with { Full = false } : _request, cancellation);
            if (plan.Step != ProduceStep.Nothing)
            {
                HeadLimit.Check(_request, plan, _producer);
            }
            round = round with { Plan = plan, Held = _request.AllowMassDelete ? null : MassDeleteGuard.Check(plan.Changes) };
            if (round.Held is not null || _request.DryRun)
            {
                return round with { IsDone = true };
            }
            if (plan.Step != ProduceStep.Nothing && !await _ledger.TryTakeTurnAsync(WriteAsync, cancellation))
            {
                return round;
            }
            await CleanUpAsync(plan.Bucket, cancellation);
            return round with { IsDone = true };

            async Task WriteAsync(CancellationToken turn)
            {
                var retired = _ledger.Value?.State is null ? await FindRetiredAsync(turn) : null;
                var (state, written) = await _chain.ExtendAsync(source, retired is null ? plan : plan with
                {
                    NextGeneration = Math.Max(plan.NextGeneration, retired.Generation + 1),
                }, turn);
                if (written.Count > 0)
                {
                    round = round.With(written, plan.Changes.Changes);
                }
                _meter.Stage = "publishing";
                var isNew = await _head.PublishAsync(state, plan.SeenHead, turn);
                round = round with { HasNewHead = round.HasNewHead || isNew };
                if (retired is not null)
                {
                    await _producer.State.DeleteAsync(RetiredMarker.Key(_request.Mirror), turn);
                    _meter.Note?.Invoke($"listed again after mirror forget: started with generation {state.Generation}");
                }
            }
        }
        catch (Exception broken) when (Reason.TryOf(broken) is not null)
        {
            return round with { Broken = broken };
        }
    }

    /// <summary>Lists the source, and decides what to do.</summary>
    private async Task<ProducePlan> PlanAsync(UploadPack source, ProduceRequest request, CancellationToken cancellation)
    {
        _meter.Stage = "reading refs";
        var listed = await source.ListAsync([.. request.Refs.Sources], cancellation);
        var undecided = ProducePlan.Make(request, _ledger.Value ?? new ProducerLedger(request.Mirror), listed, _listing);
        var plan = undecided.Decide(_producer);
        if (plan.Step == ProduceStep.Full)
        {
            // The listing is as old as the run, so before a full bundle is written because of it, this mirror's part is listed again.
            var bucket = await BucketListing.ReadOfAsync(_producer.Bucket, request.Mirror, cancellation);
            plan = (undecided with { Bucket = bucket }).Decide(_producer);
        }
        return plan.Step == ProduceStep.Nothing ? plan : plan with
        {
            SeenHead = await _producer.Bucket.TryStatAsync(ObjectKey.OfHead(request.Mirror), cancellation),
        };
    }

    /// <summary>The marker of a mirror that was retired and is configured again; null for none. <see cref="BusyException"/> if it was
    /// retired after the configuration was read, so that this run must not start it again.</summary>
    private async Task<RetiredMarker?> FindRetiredAsync(CancellationToken cancellation)
    {
        var marker = await RetiredMarker.TryReadAsync(_producer.State, _request.Mirror, cancellation);
        _isRetired = marker?.At > _producer.ConfiguredAt;
        return !_isRetired ? marker : throw new BusyException(
            $"{_request.Mirror}: mirror forget has retired it since the configuration was read: nothing is written");
    }

    private async Task<MirrorOutcome> RememberAsync(ProduceRound last, CancellationToken cancellation)
    {
        var outcome = last.Outcome(_request);
        if (_request.DryRun || _isRetired || _ledger.Fault is not null || (outcome.Error is null && _ledger.Value?.Failure is null))
        {
            return outcome;
        }
        var ledger = _ledger.Value ?? new ProducerLedger(_request.Mirror);
        return await _ledger.RememberAsync(outcome, ledger with
        {
            Failure = LedgerFailure.Of(outcome, _producer.Now, _producer.Redact),
        }, cancellation);
    }

    /// <summary>Deletes objects that are in no chain and that no consumer can still be reading.</summary>
    private async Task CleanUpAsync(BucketListing bucket, CancellationToken cancellation)
    {
        if (_ledger.Value?.State is not { } state)
        {
            return;
        }
        var needed = state.Chain.Select(entry => entry.Key).ToHashSet();
        var limit = _producer.Now - _producer.Policy.Retention;
        foreach (var (found, name) in bucket.BundlesOf(_request.Mirror))
        {
            // Objects of an earlier generation were needed until this one began. Those of a later generation belong to another producer.
            var needless = name.Generation == state.Generation || (name.Generation < state.Generation && state.Chain[0].Written < limit);
            if (needless && !needed.Contains(found.Key) && found.Modified < limit)
            {
                await _producer.Bucket.DeleteAsync(found.Key, cancellation);
            }
        }
    }
}
