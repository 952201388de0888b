using Mirror.Git;
using Mirror.Storage;

namespace Mirror.Mirroring;

/// <summary>
/// One mirror in one run. The order in which things are written is the promise: the bundle, then the ledger, which is the commit,
/// then the head, which says what the ledger says. Whatever dies in between leaves garbage at worst, and the next run goes on.
/// </summary>
internal sealed class ProduceRun(ProduceRequest request, Producer producer, BucketListing listing, TransferMeter meter)
{
    private readonly BundleUpload _bundles = new(request, producer.Bucket, producer.Keys, meter);
    private readonly RunLedger<ProducerLedger> _ledger = producer.Ledgers.OfProducer(request.Mirror);

    private BucketListing _bucket = listing;
    private ProducePlan? _plan;
    private MirrorError? _held;
    private ChainEntry? _written;
    private long _size;
    private StoredObject? _seenHead;
    private bool _hasNewHead;

    // Of the round that wrote a bundle: for a later one, which only publishes it, nothing has changed.
    private IReadOnlyList<RefCommand>? _changes;

    /// <summary>Does one round; true when there is nothing more to do.</summary>
    public async Task<bool> RoundAsync(CancellationToken cancellation)
    {
        await _ledger.ReadAsync(cancellation);
        if (_ledger.Fault is { } fault)
        {
            meter.Note?.Invoke(fault);
        }
        await using var source = UploadPack.Open(request.Source, producer.Settings);
        meter.Stage = "reading refs";
        _plan = ProducePlan.Make(request, _ledger.Value
            ?? new ProducerLedger(request.Mirror), await source.ListAsync([.. request.Refs.Sources], cancellation));
        _held = request.AllowMassDelete ? null : MassDeleteGuard.Check(_plan.Changes);
        await DecideAsync(cancellation);
        if (_held is not null || request.DryRun)
        {
            return true;
        }
        if (_plan.Step != ProduceStep.Nothing && !await _ledger.TryTakeTurnAsync(token => WriteAsync(source, token), cancellation))
        {
            return false;
        }
        await CleanUpAsync(cancellation);
        return true;
    }

    /// <summary>What has come of it so far.</summary>
    public MirrorOutcome Outcome(Exception? broken)
    {
        var error = broken is not null ? MirrorError.TryOf(broken)
            : _held ?? RefsError.Of(request.Source, new Dictionary<RefName, string>(), _plan?.Changes);
        var isDone = _written is not null || (request.DryRun && broken is null && _plan?.Step is ProduceStep.Delta or ProduceStep.Full);
        var changes = _changes ?? (isDone ? _plan!.Changes.Changes : []);
        return new MirrorOutcome(request.Mirror, Kind(error, isDone))
        {
            // The source was listed, and the head that says the same was put, or is in the bucket's listing as it was put.
            IsProven = error is null && !request.DryRun,
            Refs = RefCounts.Of(changes, rejected: _plan?.Changes.ProblemCount ?? 0),
            Bytes = _size,
            Sequence = _written?.Sequence ?? _plan?.Chain?.Sequence,
            Bundle = _written?.Kind,
            HasNewHead = _hasNewHead,
            Error = error,
            SourceHead = _plan?.Source.Head,
            Changes = changes,
        };
    }

    /// <summary>Keeps for <c>mirror status</c> that the run failed, or that it no longer does.</summary>
    public async Task<MirrorOutcome> RememberAsync(MirrorOutcome outcome, CancellationToken cancellation)
    {
        if (request.DryRun || _ledger.Fault is not null || (outcome.Error is null && _ledger.Value?.Failure is null))
        {
            return outcome;
        }
        var ledger = _ledger.Value ?? new ProducerLedger(request.Mirror);
        return await _ledger.RememberAsync(outcome, ledger with { Failure = LedgerFailure.Of(outcome, producer.Now, producer.Redact) },
            cancellation);
    }

    private static OutcomeKind Kind(MirrorError? error, bool isDone) =>
        error?.Reason.Kind ?? (isDone ? OutcomeKind.Updated : OutcomeKind.Unchanged);

    private async Task DecideAsync(CancellationToken cancellation)
    {
        _plan!.Decide(_bucket, producer.Keys, producer.Policy, producer.Now);
        if (_plan.Step == ProduceStep.Full)
        {
            // The listing is as old as the run. Before a full bundle is written on its word, this mirror's part is listed again.
            _bucket = await BucketListing.ReadOfAsync(producer.Bucket, request.Mirror, cancellation);
            _plan.Decide(_bucket, producer.Keys, producer.Policy, producer.Now);
        }
        if (_plan.Step != ProduceStep.Nothing)
        {
            _seenHead = await producer.Bucket.TryStatAsync(ObjectKey.OfHead(request.Mirror), cancellation);
        }
    }

    /// <summary>Does what was planned.</summary>
    private async Task WriteAsync(UploadPack source, CancellationToken cancellation)
    {
        List<ChainEntry> written = [];
        var state = _plan!.Step == ProduceStep.Head ? ResealedChain() : await ExtendedChainAsync(source, written, cancellation);
        await _ledger.WriteAsync(LedgerOf(state), cancellation);
        if (written.Count > 0)
        {
            (_written, _size) = (written[^1], _size + written.Sum(entry => entry.Size));
            _changes ??= _plan.Changes.Changes;
        }
        await PublishAsync(state, cancellation);
    }

    private ProducerLedger LedgerOf(ChainState state) => (_ledger.Value ?? _plan!.Ledger) with
    {
        State = state,
        Readers = producer.Keys.Readers,
        Haves = _plan!.Haves,
        Failure = null,
    };

    private ChainState ResealedChain() => _plan!.Chain! with
    {
        Chain = producer.Policy.Trimmed(_plan.Chain.Chain, producer.Now),
        Managed = _plan.Managed,
        Head = _plan.Head,
    };

    /// <summary>
    /// Writes what is missing. Where a full bundle is due, what changed goes before it as a delta all the same: then only those start
    /// at the full one who have to.
    /// </summary>
    private async Task<ChainState> ExtendedChainAsync(UploadPack source, List<ChainEntry> written, CancellationToken cancellation)
    {
        var chain = _plan!.Chain;
        if (chain is not null && _plan.HasNews)
        {
            written.Add(await WriteBundleAsync(source, Draft(BundleKind.Delta, chain.Sequence + 1), cancellation));
        }
        if (_plan.Step == ProduceStep.Full)
        {
            written.Add(await WriteBundleAsync(source, Draft(BundleKind.Full, (chain?.Sequence ?? 0) + written.Count + 1), cancellation));
        }
        return new ChainState(chain?.Generation ?? NextGeneration(), _plan.Format)
        {
            Chain = producer.Policy.Trimmed([.. chain?.Chain ?? [], .. written], producer.Now),
            Managed = _plan.Managed,
            Refs = _plan.Refs,
            Head = _plan.Head,
        };
    }

    private BundleDraft Draft(BundleKind kind, long sequence) => new(kind, _plan!.Chain?.Generation ?? NextGeneration(), sequence)
    {
        Format = _plan.Format,
        Refs = _plan.Refs,
        Before = kind == BundleKind.Delta ? _plan.Chain!.Refs : [],
        HavesBefore = kind == BundleKind.Delta ? _plan.Ledger.Haves : BundleHaves.None,
        HavesAfter = _plan.Haves,
        Head = _plan.Head,
    };

    private async Task<ChainEntry> WriteBundleAsync(UploadPack source, BundleDraft draft, CancellationToken cancellation)
    {
        await ClearAwayAsync(_bundles.KeyOf(draft), cancellation);
        return await _bundles.WriteAsync(source, draft, producer.Now, cancellation);
    }

    /// <summary>
    /// A run that died may have left an object where ours goes. Whoever wrote it may only be asleep; so the ledger is changed first,
    /// and what that one would still commit is refused.
    /// </summary>
    private async Task ClearAwayAsync(string key, CancellationToken cancellation)
    {
        if (await producer.Bucket.TryStatAsync(key, cancellation) is null)
        {
            return;
        }
        await _ledger.WriteAsync(_plan!.Ledger with { Fence = _plan.Ledger.Fence + 1 }, cancellation);
        await producer.Bucket.DeleteAsync(key, cancellation);
    }

    private async Task PublishAsync(ChainState state, CancellationToken cancellation)
    {
        meter.Stage = "publishing";
        // No clock that was set back makes a later head look like an earlier one.
        var earliest = _ledger.Value?.Published?.Written + TimeSpan.FromSeconds(1);
        var now = earliest > producer.Now ? earliest.Value : producer.Now;
        var head = new MirrorHead(request.Mirror, state) { Written = now, Expires = now + producer.Policy.Expiry };
        var sealedHead = await SealedHead.SealAsync(head, producer.Keys.Signing, producer.Keys.Recipients, cancellation);
        var key = ObjectKey.OfHead(request.Mirror);
        // On the condition that the head is still the one that we saw: a worker who slept must not put an old one over a new one.
        var condition = _seenHead is { } seen ? WriteCondition.IfMatch(seen.ETag) : WriteCondition.IfAbsent;
        var etag = await producer.Bucket.PutAsync(key, sealedHead, condition, cancellation);
        _hasNewHead |= _ledger.Value!.Published?.Sequence != state.Sequence;
        await _ledger.WriteAsync(_ledger.Value! with { Published = new PublishedHead(state.Sequence, etag, producer.Keys.Signer, now) },
            cancellation);
    }

    /// <summary>Deletes what no chain needs and no consumer can still be reading.</summary>
    private async Task CleanUpAsync(CancellationToken cancellation)
    {
        if (_ledger.Value?.State is not { } state)
        {
            return;
        }
        var needed = state.Chain.Select(entry => entry.Key).ToHashSet();
        var limit = producer.Now - producer.Policy.Retention;
        foreach (var (found, name) in _bucket.BundlesOf(request.Mirror))
        {
            // What an earlier generation had was needed until ours began; a later one is somebody else's.
            var needless = name.Generation == state.Generation || (name.Generation < state.Generation && state.Chain[0].Written < limit);
            if (needless && !needed.Contains(found.Key) && found.Modified < limit)
            {
                await producer.Bucket.DeleteAsync(found.Key, cancellation);
            }
        }
    }

    /// <summary>
    /// One more than any that the bucket has seen, so that a chain begun anew is never taken for an old one. What somebody planted so high
    /// that no number would be left is not counted.
    /// </summary>
    private long NextGeneration() =>
        _bucket.BundlesOf(request.Mirror).Select(bundle => bundle.Name.Generation)
            .Where(generation => generation < ObjectKey.MaxNumber / 2).Append(_plan!.Ledger.State?.Generation ?? 0).Max() + 1;
}
