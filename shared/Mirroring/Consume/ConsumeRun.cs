using Mirror.Git;
using Mirror.Storage;

namespace Mirror.Mirroring;

/// <summary>
/// One mirror in one run: believe the head, find the target's place in the chain, apply what follows, and look at the target again.
/// Only then is it remembered how far that was.
/// </summary>
internal sealed class ConsumeRun(ConsumeRequest request, Consumer consumer, BucketListing listing, TransferMeter meter) : IAsyncDisposable
{
    /// <summary>A proof is worth a write to the ledger when the last one is older than this.</summary>
    private static readonly TimeSpan ProofInterval = TimeSpan.FromMinutes(10);

    private readonly RunLedger<ConsumerLedger> _ledger = consumer.Ledgers.OfConsumer(request.Mirror);
    private readonly BucketSide _bucket = new(request.Mirror, consumer, listing, meter);
    private readonly TargetSession _session = new(request.Target, consumer.Settings, meter);
    private readonly Narrowing _narrowing = new(request.Refs);
    private readonly List<string> _warnings = [];

    private ChainState? _state;
    private TargetSide? _target;
    private CatchUp? _catchUp;
    private MirrorError? _held;
    private MirrorError? _expired;
    private bool _isProven;

    /// <summary>Does one round; true when there is nothing more to do.</summary>
    public async Task<bool> RoundAsync(CancellationToken cancellation)
    {
        _warnings.Clear();
        (_expired, _isProven) = (null, false);
        await _ledger.ReadAsync(cancellation);
        if (_ledger.Fault is { } fault)
        {
            _warnings.Add(fault);
        }
        var head = await _bucket.FindHeadAsync(cancellation);
        if (await IsUnchangedAsync(head, cancellation))
        {
            return true;
        }
        if (request.DryRun)
        {
            await CatchUpAsync(head, cancellation);
            return true;
        }
        if (IsUnknown)
        {
            // Before the turn is taken: a lease leaves an object in the state.
            await _bucket.ReadTrustedHeadAsync(head, ledger: null, cancellation);
        }
        if (await _ledger.TryTakeTurnAsync(token => CatchUpAsync(head, token), cancellation))
        {
            return true;
        }
        await _bucket.ListAgainAsync(cancellation);
        return false;
    }

    /// <summary>What has come of it so far.</summary>
    public async Task<MirrorOutcome> OutcomeAsync(Exception? broken, CancellationToken cancellation)
    {
        var error = (broken is not null ? await ErrorOfAsync(broken, cancellation) : _held ?? RefsLeft()) ?? _expired;
        var plan = request.DryRun ? _catchUp?.Delivery.Rest : null;
        var changes = plan?.Changes ?? _target?.Moved ?? [];
        return new MirrorOutcome(request.Mirror, MirrorOutcome.KindOf(error, changes.Count))
        {
            IsProven = _isProven && error is null,
            Refs = RefCounts.Of(changes, rejected: broken is null ? error?.RefCount ?? 0 : 0),
            Bytes = meter.Bytes,
            Sequence = _state?.Sequence ?? _ledger.Value?.Sequence,
            Bundle = _catchUp?.Delivery.Applied?.Kind,
            Error = error,
            Changes = changes,
            // What is worse than an expired head does not hide it.
            Warnings = _expired is null || error == _expired ? [.. _warnings] : [.. _warnings, _expired.Message],
        };
    }

    /// <summary>Keeps for <c>mirror status</c> that the run failed, or was held.</summary>
    public async Task<MirrorOutcome> RememberAsync(MirrorOutcome outcome, CancellationToken cancellation)
    {
        // A ledger that cannot be read is kept for a person to look at.
        if (request.DryRun || _ledger.Fault is not null || IsUnknown)
        {
            return outcome;
        }
        var ledger = _ledger.Value ?? new ConsumerLedger(request.Mirror);
        return await _ledger.RememberAsync(outcome, ledger with { Failure = LedgerFailure.Of(outcome, consumer.Now, consumer.Redact) },
            cancellation);
    }

    /// <summary>Whether no head was ever believed of a mirror that is taken by its name alone. Nothing is written to the state for it:
    /// anybody who can write to the bucket could fill the state with names.</summary>
    private bool IsUnknown => request.IsAccepted && _ledger is { Value: null, Fault: null };

    private async Task<MirrorError> ErrorOfAsync(Exception broken, CancellationToken cancellation)
    {
        var error = MirrorError.TryOf(broken)!;
        return await _session.TryLookBackAsync(cancellation) ? error : error.InDoubt();
    }

    private MirrorError? RefsLeft()
    {
        if (_catchUp is null || request.DryRun)
        {
            return null;
        }
        var left = RefsError.Of(request.Target, _catchUp.Delivery.Refused, _catchUp.Delivery.Rest);
        return left is not null && _catchUp.Delivery.LacksObjects
            ? left with
            {
                Message = $"{left.Message}; the target lacks objects that the chain up to sequence {_state!.Sequence} builds on",
                Advice = Reason.RefusedBundle.NextAction,
            }
            : left;
    }

    /// <summary>The cheapest proof: the same head as before, and a target that is as we left it. Nothing of the bucket is read.</summary>
    private async Task<bool> IsUnchangedAsync(StoredObject head, CancellationToken cancellation)
    {
        if (_ledger.Value is not { } ledger || ledger.HeadETag != head.ETag || ledger.SetAside.Count > 0 || ledger.Managed.Count == 0)
        {
            return false;
        }
        if (_narrowing.ExpectedBy(ledger) is not { } expected)
        {
            return false;
        }
        var managed = _narrowing.ManagedBy(ledger.Managed);
        var target = await LookAtTargetAsync(managed, cancellation);
        if (target.Digest != ledger.TargetDigest || (request.Prune && ledger.TargetDigest != expected)
            || target.Listing.Unusable.Any(managed.Manages))
        {
            return false;
        }
        LookAtTimes(ledger.HeadTimes);
        _isProven = !request.DryRun && !ledger.HeadTimes.IsExpired(consumer.Now);
        // That a head has expired is remembered anew by the run that says so.
        var failure = _expired is null ? null : ledger.Failure;
        if (!request.DryRun && (ledger.Failure != failure || (_isProven && !(ledger.Proven + ProofInterval > consumer.Now))))
        {
            await _ledger.WriteAsync(ledger with { Proven = _isProven ? consumer.Now : ledger.Proven, Failure = failure }, cancellation);
        }
        return true;
    }

    private async Task CatchUpAsync(StoredObject stored, CancellationToken cancellation)
    {
        var (head, etag) = await _bucket.ReadTrustedHeadAsync(stored, _ledger.Value, cancellation);
        LookAtTimes(head.Times);
        var state = _state = head.State;
        if (IsUnknown && !request.DryRun)
        {
            // From now on its runs are recorded, also one that ends at its deadline.
            await _ledger.WriteAsync(new ConsumerLedger(request.Mirror), cancellation);
        }
        if (_narrowing.Notice(state, _ledger.Value) is { } notice)
        {
            _warnings.Add(notice);
        }
        var managed = _narrowing.ManagedBy(state.Managed);
        var target = await LookAtTargetAsync(managed, cancellation);
        if (state.Refs.Count > 0)
        {
            FormatGuard.Check("chain", state.Format, request.Target, target.Listing.Format);
        }
        _catchUp = new CatchUp(state, target, _bucket, new ChainDeliveryOptions(meter, managed)
        {
            IsNarrowed = _narrowing.IsThere,
            Prune = request.Prune,
            SetAside = _ledger.Value?.SetAside.Keys.ToHashSet() ?? [],
        });
        var place = TargetPlace.Of(state, target, _ledger.Value, _narrowing);
        if (place.Warning is { } forgotten)
        {
            _warnings.Add(forgotten);
        }
        _held = await new DivergenceGuard(request, consumer, _bucket).CheckAsync(state, target, place, cancellation);
        if (_held is not null)
        {
            return;
        }
        var route = place.Route(state, _bucket.Listing);
        if (request.DryRun)
        {
            _ = route ?? ChainRoute.FromFull(state, _bucket.Listing);
            return;
        }
        await _catchUp.RunAsync(route, onlyForward: place.Known is null, cancellation);
        await ConcludeAsync(head, etag, cancellation);
    }

    private void LookAtTimes(HeadTimes times)
    {
        var age = HeadAge.Of(times, consumer.Now);
        if (age.Warning is { } warning)
        {
            _warnings.Add(warning);
        }
        if (age.Expired is not { } expired)
        {
            return;
        }
        if (request.Expired == ExpiredHeads.Warn)
        {
            _warnings.Add(expired);
        }
        else
        {
            _expired = new MirrorError(Reason.ExpiredHead, expired);
        }
    }

    private async Task<TargetSide> LookAtTargetAsync(RefMap managed, CancellationToken cancellation)
    {
        meter.Stage = "reading refs";
        _target = new TargetSide(_session, managed) { IsStrict = request.Diverged != Diverged.Overwrite };
        await _target.LookAsync(cancellation);
        return _target;
    }

    /// <summary>Remembers how far the target is, by its own word.</summary>
    private async Task ConcludeAsync(MirrorHead head, string etag, CancellationToken cancellation)
    {
        var left = RefsLeft();
        // A target that is as an expired head says is as its chain was, and nobody knows whether the source is.
        _isProven = left is null && _catchUp!.Delivery.Rest.Changes.Count == 0 && !head.Times.IsExpired(consumer.Now);
        await _ledger.WriteAsync(
            ConsumerLedger.At(head, etag) with
            {
                TargetDigest = _target!.Digest,
                Narrowing = _narrowing.Of(head.State),
                Proven = _isProven ? consumer.Now : _ledger.Value?.Proven,
                SetAside = ConsumerLedger.SetAsideOf(_catchUp!.Delivery.Refused, consumer.Redact),
                Failure = LedgerFailure.Of(left, consumer.Now, consumer.Redact),
            },
            cancellation);
    }

    public ValueTask DisposeAsync() => _session.DisposeAsync();
}
