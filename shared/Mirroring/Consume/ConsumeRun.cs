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

    private readonly BundleSource _bundles = new(consumer.Bucket, consumer.Keys.Identities, meter);
    private readonly List<string> _warnings = [];

    private BucketListing _listing = listing;
    private Kept<ConsumerLedger> _kept;
    private TargetSide? _target;
    private ChainDelivery? _delivery;
    private ChainState? _state;
    private MirrorError? _held;

    /// <summary>Does one round; true when there is nothing more to do.</summary>
    public async Task<bool> RoundAsync(CancellationToken cancellation)
    {
        _warnings.Clear();
        _kept = await consumer.Ledgers.ReadConsumerAsync(request.Mirror, cancellation);
        if (_kept.Fault is { } fault)
        {
            _warnings.Add(fault);
        }
        var head = await FindHeadAsync(cancellation);
        if (await IsUnchangedAsync(head, cancellation))
        {
            return true;
        }
        if (request.DryRun)
        {
            await CatchUpAsync(head, cancellation);
            return true;
        }
        await using var lease = await consumer.Ledgers.LeaseAsync(ConsumerLedger.Key(request.Mirror), request.Mirror, cancellation);
        if ((await consumer.Ledgers.ReadConsumerAsync(request.Mirror, cancellation)).ETag != _kept.ETag)
        {
            _listing = await BucketListing.ReadOfAsync(consumer.Bucket, request.Mirror, cancellation);
            return false;
        }
        using var turn = CancellationTokenSource.CreateLinkedTokenSource(cancellation, lease.Lost);
        try
        {
            await CatchUpAsync(head, turn.Token);
            return true;
        }
        catch (OperationCanceledException) when (lease.Lost.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            throw new BusyException($"the lease on {request.Mirror} was lost while working on it: the store did not answer in time");
        }
    }

    /// <summary>What has come of it so far.</summary>
    public async Task<MirrorOutcome> OutcomeAsync(Exception? broken, CancellationToken cancellation)
    {
        var doubt = broken is null || await TryLookBackAsync(cancellation) ? "" : "; the target cannot be asked which refs have moved";
        var plan = request.DryRun ? _delivery?.Rest : null;
        var error = broken is not null ? new MirrorError(Reasons.TryOf(broken)!, broken.Message + doubt) : _held ?? RefsLeft();
        var changes = plan?.Changes ?? _target?.Moved ?? [];
        return new MirrorOutcome(request.Mirror, Kind(error, broken, changes.Count))
        {
            Refs = RefCounts.Of(changes, rejected: broken is null ? error?.Refs.Count ?? 0 : 0),
            Bytes = meter.Bytes,
            Sequence = _state?.Sequence ?? _kept.Value?.Sequence,
            Bundle = _delivery?.Applied?.Kind,
            Error = error,
            SourceHead = _state?.Head,
            Changes = changes,
            Warnings = [.. _warnings],
        };
    }

    /// <summary>Keeps for <c>mirror status</c> that the run failed.</summary>
    public async Task RememberAsync(MirrorError error, CancellationToken cancellation)
    {
        // What cannot be read is kept to be looked at. And whoever can write to the bucket must not fill our own store with names.
        if (request.DryRun || _kept.Fault is not null || (request.IsAccepted && _kept.Value is null && _state is null))
        {
            return;
        }
        var failure = new LedgerFailure(consumer.Now, error.Reason, error.Message);
        // A ledger that another run is at work on is not ours to touch: it would have to begin again.
        await using var lease = await consumer.Ledgers.TryLeaseAsync(ConsumerLedger.Key(request.Mirror), cancellation);
        if (lease is not null)
        {
            await KeepAsync((_kept.Value ?? new ConsumerLedger(request.Mirror)) with { Failure = failure }, cancellation);
        }
    }

    private static OutcomeKind Kind(MirrorError? error, Exception? broken, int changes) =>
        broken is BusyException || error?.Reason is "diverged" or "mass-delete" or "empty-source" ? OutcomeKind.Held
        : error is not null ? OutcomeKind.Failed
        : changes > 0 ? OutcomeKind.Updated
        : OutcomeKind.Unchanged;

    private MirrorError? RefsLeft() => _delivery is null || request.DryRun ? null : RefsError.Of(request.Target, _delivery.Refused, _delivery.Rest.Problems);

    private async Task<StoredObject> FindHeadAsync(CancellationToken cancellation)
    {
        if (_listing.FindHead(request.Mirror) is { } found)
        {
            return found;
        }
        _listing = await BucketListing.ReadOfAsync(consumer.Bucket, request.Mirror, cancellation);
        return _listing.FindHead(request.Mirror)
            ?? throw new ChainException(ChainFailure.NoHead, $"{consumer.Bucket.Name}: there is no head for {request.Mirror}");
    }

    /// <summary>The cheapest proof: the same head as before, and a target that is as we left it. Nothing of the bucket is read.</summary>
    private async Task<bool> IsUnchangedAsync(StoredObject head, CancellationToken cancellation)
    {
        if (_kept.Value is not { } ledger || ledger.HeadETag != head.ETag || ledger.SetAside.Count > 0 || ledger.Managed.Count == 0)
        {
            return false;
        }
        await LookAtTargetAsync(TargetSide.ManagedBy(ledger.Managed), cancellation);
        if (_target!.Digest != ledger.TargetDigest || (request.Prune && ledger.TargetDigest != ledger.RefsDigest)
            || _target.Listing.Unusable.Any(TargetSide.ManagedBy(ledger.Managed).Manages))
        {
            return false;
        }
        WarnIfExpired(ledger.HeadExpires);
        if (!request.DryRun && (ledger.Failure is not null || !(ledger.Proven + ProofInterval > consumer.Now)))
        {
            await KeepAsync(ledger with { Proven = consumer.Now, Failure = null }, cancellation);
        }
        return true;
    }

    private async Task CatchUpAsync(StoredObject stored, CancellationToken cancellation)
    {
        var (head, etag) = await BelieveAsync(stored, cancellation);
        _state = head.State;
        await LookAtTargetAsync(TargetSide.ManagedBy(_state.Managed), cancellation);
        CheckFormats();
        _delivery = NewDelivery(onlyForward: false);
        var digest = _target!.Digest;
        var remembered = ChainRoute.Remembered(_state, _kept.Value);
        var isAsLeft = digest == _kept.Value?.TargetDigest;
        var place = ChainRoute.PlaceOf(_state, digest) ?? (isAsLeft ? remembered : null);
        var isEmpty = !_target.Managed.Any();
        WarnIfForgotten(isEmpty);
        if (place is null && !isAsLeft && !isEmpty && await IsHeldAsync(remembered, cancellation))
        {
            return;
        }
        // What others did to refs did not take away the objects that we brought, nearly always; if it did, we hear of it.
        var start = place ?? (isEmpty ? null : remembered);
        var route = start is null ? null : ChainRoute.After(_state, start, _listing);
        if (request.DryRun)
        {
            _ = route ?? ChainRoute.FromFull(_state, _listing);
            return;
        }
        await DeliverAsync(route, isForeign: place is null, cancellation);
        await ConcludeAsync(head, etag, cancellation);
    }

    /// <summary>Reads the head; every reason not to believe it ends the run.</summary>
    private async Task<(MirrorHead Head, string ETag)> BelieveAsync(StoredObject stored, CancellationToken cancellation)
    {
        meter.Stage = "reading the head";
        var content = await consumer.Bucket.ReadAsync(stored.Key, SealedHead.MaxSize, cancellation);
        var head = await HeadReader.OpenAsync(request.Mirror, content, consumer.Keys, cancellation);
        _kept.Value?.ThrowIfPast(head);
        WarnIfExpired(head.Expires);
        return (head, content.ETag);
    }

    private void WarnIfExpired(DateTimeOffset expires)
    {
        if (expires < consumer.Now)
        {
            _warnings.Add($"the head expired on {expires:yyyy-MM-dd HH:mm} UTC: its producer is silent, or somebody withholds newer heads");
        }
    }

    private void WarnIfForgotten(bool isEmpty)
    {
        if (_kept.Value?.Managed is not { Count: > 0 } && !isEmpty)
        {
            _warnings.Add("nothing is remembered of earlier runs into this target: a rollback before this one could not have been noticed");
        }
    }

    private async Task LookAtTargetAsync(RefMap managed, CancellationToken cancellation)
    {
        meter.Stage = "reading refs";
        await DisposeAsync();
        // What a round before this one has moved is told all the same.
        _target = new TargetSide(request.Target, consumer.Settings, managed) { IsStrict = request.Diverged != Diverged.Overwrite, First = _target?.First };
        await _target.LookAsync(cancellation);
    }

    private void CheckFormats()
    {
        if (_state!.Refs.Count > 0 && _target!.Listing.Format != _state.Format)
        {
            throw new RemoteException(RemoteFailure.Unsupported, request.Target.ToString(), "compare",
                $"the chain has {_state.Format} objects and the target {_target.Listing.Format}: create the target with git init --bare --object-format={_state.Format}");
        }
    }

    /// <summary>What to do about a target that is not as any bundle made it; true if nothing may be done.</summary>
    private async Task<bool> IsHeldAsync(ChainEntry? remembered, CancellationToken cancellation)
    {
        if (_kept.Value?.Managed is not { Count: > 0 } && !request.AllowMassDelete)
        {
            // Never consumed to, as far as we know: it may be the wrong repository.
            _held = MassDeleteGuard.Check(_delivery!.Rest);
        }
        if (_held is null && request.Diverged != Diverged.Overwrite)
        {
            var since = _state!.Chain.Where(entry => entry.Sequence >= remembered?.Sequence && _listing.Has(entry));
            var divergence = await Divergence.FindAsync(_state, _target!, since, _delivery!.Rest, _bundles, cancellation);
            _held = request.Diverged == Diverged.Preserve ? await PreserveAsync(divergence, cancellation)
                : divergence.Foreign.Count + divergence.Missing.Count > 0 ? divergence.ToError(request.Target)
                : null;
        }
        return _held is not null;
    }

    /// <summary>Puts what others made out of the way; an error if the target does not let us.</summary>
    private async Task<MirrorError?> PreserveAsync(Divergence divergence, CancellationToken cancellation)
    {
        if (request.DryRun)
        {
            return null;
        }
        var copies = divergence.Preserving(consumer.Now);
        await _target!.PushAsync(new Delivery(request.Target, consumer.Settings, meter), copies, ChainDelivery.NoPack, cancellation);
        var present = _target.Listing.Refs.ToHashSet();
        return copies.All(copy => present.Contains(new Ref(copy.Name, copy.New)))
            ? null
            : divergence.ToError(request.Target) with { Message = $"{request.Target}: was changed by others, and does not take {Divergence.ReplacedFolder}/… to keep what they made; nothing was done" };
    }

    private async Task DeliverAsync(IReadOnlyList<ChainEntry>? route, bool isForeign, CancellationToken cancellation)
    {
        if (route is not null && await TryDeliverAsync(route, onlyForward: isForeign, cancellation))
        {
            return;
        }
        if (!_target!.Managed.Any() || !await TryDeliverAsync(ChainRoute.FromFull(_state!, _listing), onlyForward: true, cancellation))
        {
            _delivery = NewDelivery(onlyForward: false);
            await _delivery.RunAsync(ChainRoute.FromFull(_state!, _listing), cancellation);
        }
    }

    /// <summary>Goes a way that may turn out not to lead there: false if the target lacks what it builds on, or a bundle has gone meanwhile.</summary>
    private async Task<bool> TryDeliverAsync(IReadOnlyList<ChainEntry> route, bool onlyForward, CancellationToken cancellation)
    {
        _delivery = NewDelivery(onlyForward);
        try
        {
            await _delivery.RunAsync(route, cancellation);
            if (!_delivery.LacksObjects)
            {
                return true;
            }
            meter.Note?.Invoke("the target lacks objects that were delivered before; starting at the newest full bundle");
        }
        catch (Exception broken) when (IsWorthAFullOne(broken))
        {
            meter.Note?.Invoke($"{broken.Message}; starting at the newest full bundle");
            _listing = await BucketListing.ReadOfAsync(consumer.Bucket, request.Mirror, cancellation);
            await _target!.LookAsync(cancellation);
        }
        return false;
    }

    /// <summary>Whether the target did not take a pack for what it lacks, or a bundle has gone since the bucket was listed.</summary>
    private static bool IsWorthAFullOne(Exception broken) => broken switch
    {
        ChainException chain => chain.Failure == ChainFailure.MissingBundle,
        // index-pack says "unresolved deltas", where the server lets us hear it, and is gone where it does not.
        RemoteException { Failure: RemoteFailure.Refused, Stage: "push" } => broken.Message.Contains("unresolved delta", StringComparison.Ordinal)
            || broken.Message.Contains("index-pack", StringComparison.Ordinal) || broken.Message.Contains("issing", StringComparison.Ordinal),
        _ => false,
    };

    private ChainDelivery NewDelivery(bool onlyForward) => new(_state!, _target!, _bundles, new ChainDeliveryOptions(request.Target, consumer.Settings, meter)
    {
        Prune = request.Prune,
        OnlyForward = onlyForward,
        SetAside = [.. _kept.Value?.SetAside.Keys ?? []],
    });

    /// <summary>Remembers how far the target is, by its own word.</summary>
    private async Task ConcludeAsync(MirrorHead head, string etag, CancellationToken cancellation)
    {
        var left = RefsLeft();
        await KeepAsync(new ConsumerLedger(request.Mirror)
        {
            Generation = head.State.Generation,
            Sequence = head.State.Sequence,
            RefsDigest = head.State.Last.RefsDigest,
            TargetDigest = _target!.Digest,
            Managed = head.State.Managed,
            HeadETag = etag,
            HeadWritten = head.Written,
            HeadExpires = head.Expires,
            Proven = left is null ? consumer.Now : _kept.Value?.Proven,
            SetAside = _delivery!.Refused.ToDictionary(refused => refused.Key.Value, refused => refused.Value),
            Failure = left is null ? null : new LedgerFailure(consumer.Now, left.Reason, left.Message),
        }, cancellation);
    }

    private async Task KeepAsync(ConsumerLedger ledger, CancellationToken cancellation)
    {
        _kept = await consumer.Ledgers.WriteAsync(ledger, _kept.ETag, cancellation);
    }

    /// <summary>After a failure: looks once more what became of a push whose report was lost.</summary>
    private async Task<bool> TryLookBackAsync(CancellationToken cancellation)
    {
        if (_target is not { HasPushed: true })
        {
            return true;
        }
        try
        {
            await _target.LookAsync(cancellation);
            return true;
        }
        catch (Exception failure) when (failure is RemoteException or SecretException)
        {
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_target is not null)
        {
            await _target.DisposeAsync();
        }
    }
}
