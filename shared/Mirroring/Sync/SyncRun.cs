using Mirror.Git;

namespace Mirror.Mirroring;

/// <summary>
/// One mirror in one run, in rounds: read both sides, plan, push. Each round looks at the target anew, so what the target
/// refused, what others moved meanwhile and what a lost connection left open are all told by the refs themselves.
/// </summary>
internal sealed class SyncRun(SyncRequest request, RemoteSettings settings, TransferMeter meter)
{
    // One round does it; a second settles refusals; the rest is for a target that others are pushing to.
    private const int MaxRounds = 8;

    // A pre-receive hook speaks once for the whole push. To find whom it means, the push is halved, each part with its own pack.
    private const int MaxParts = 64;
    private const string RefusedAsAWhole = "pre-receive hook declined";

    private readonly Dictionary<RefName, string> _refused = [];
    private readonly List<RefCommand> _moved = [];

    // The last push, until the next look at the target settles what became of it: its refs, and of those that are not said to have
    // moved, why not. A ref that is in neither may be tried again: the connection was lost, or it was refused for another's sake.
    private IReadOnlyList<RefCommand> _pushed = [];
    private Dictionary<RefName, string> _verdicts = [];

    // What is still to be tried apart.
    private readonly Stack<IReadOnlySet<RefName>> _parts = [];
    private int _partCount;

    private SyncPlan? _plan;
    private MirrorError? _held;
    private bool _atomic = true;
    private int _rounds;

    /// <summary>Does one round; true when there is nothing more to do.</summary>
    public async Task<bool> RoundAsync(CancellationToken cancellation)
    {
        if (++_rounds > MaxRounds + _partCount)
        {
            throw new RemoteException(RemoteFailure.Refused, request.Target.ToString(), "push",
                $"the target kept changing while we pushed; gave up after {_rounds - 1} rounds");
        }
        await using var source = UploadPack.Open(request.Source, settings);
        await using var target = ReceivePack.Open(request.Target, settings);
        meter.Stage = "reading refs";
        _plan = await PlanAsync(source, target, cancellation);
        Settle(_plan);
        _held = request.AllowMassDelete ? null : MassDeleteGuard.Check(_plan);
        var changes = _refused.Count == 0 ? _plan.Changes : [.. _plan.Changes.Where(change => !_refused.ContainsKey(change.Name))];
        if (_held is not null || changes.Count == 0 || request.DryRun)
        {
            return true;
        }
        var first = SyncPlan.DeletesInTheWay(changes);
        var part = first.Count > 0 ? first : NextPart(changes);
        return await PushAsync(source, target, part, cancellation) && part.Count == changes.Count;
    }

    /// <summary>Everything, or where a hook has refused everything, one of the parts that are tried apart.</summary>
    private IReadOnlyList<RefCommand> NextPart(IReadOnlyList<RefCommand> changes)
    {
        while (_parts.TryPop(out var names))
        {
            if (changes.Where(change => names.Contains(change.Name)).ToList() is { Count: > 0 } part)
            {
                return part;
            }
        }
        return changes;
    }

    /// <summary>After a failure that ends the run: looks once more what became of a push whose report was lost.</summary>
    /// <returns>False if the target could not be asked, so that nobody knows.</returns>
    public async Task<bool> TryLookBackAsync(CancellationToken cancellation)
    {
        if (_pushed.Count == 0)
        {
            return true;
        }
        try
        {
            await using var target = ReceivePack.Open(request.Target, settings);
            var listing = await target.ListAsync(cancellation);
            _moved.AddRange(_pushed.Where(HasArrived(listing)));
            return true;
        }
        catch (Exception failure) when (failure is RemoteException or SecretException)
        {
            return false;
        }
    }

    /// <summary>What has come of it so far: right after the last round, or after an exception between two.</summary>
    public MirrorOutcome Outcome(MirrorError? failure = null)
    {
        var error = failure ?? _held ?? RefusalError();
        var changes = request.DryRun && _plan is not null ? _plan.Changes : _moved;
        return new MirrorOutcome(request.Mirror, Kind(failure, error, changes.Count))
        {
            Refs = new RefCounts(
                changes.Count(change => change.IsCreate),
                changes.Count(change => change is { IsCreate: false, IsDelete: false }),
                changes.Count(change => change.IsDelete),
                _refused.Count + (_plan?.Problems.Count ?? 0)),
            Bytes = meter.Bytes,
            Error = error,
            SourceHead = _plan?.SourceHead,
            Changes = changes,
        };
    }

    private OutcomeKind Kind(MirrorError? failure, MirrorError? error, int changes) =>
        failure is null && _held is not null ? OutcomeKind.Held
        : error is not null ? OutcomeKind.Failed
        : changes > 0 ? OutcomeKind.Updated
        : OutcomeKind.Unchanged;

    private async Task<SyncPlan> PlanAsync(UploadPack source, ReceivePack target, CancellationToken cancellation)
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
        CheckFormats(from, to);
        return SyncPlan.Make(request, from, to);
    }

    private void CheckFormats(RefListing from, RefListing to)
    {
        if (from.Refs.Count > 0 && from.Format != to.Format)
        {
            throw new RemoteException(RemoteFailure.Unsupported, request.Target.ToString(), "compare",
                $"the source has {from.Format} objects and the target {to.Format}: create the target with git init --bare --object-format={from.Format}");
        }
    }

    /// <summary>Pushes; true if the target says that all has moved, and none of it was left out.</summary>
    private async Task<bool> PushAsync(UploadPack source, ReceivePack target, IReadOnlyList<RefCommand> changes, CancellationToken cancellation)
    {
        var (mayDelete, count) = (target.OffersDeletes, changes.Count);
        if (!mayDelete)
        {
            changes = [.. changes.Where(change => !IsRefusedDelete(change))];
        }
        if (changes.Count == 0)
        {
            return false;
        }
        if (request.PushOptions.Count > 0 && !target.OffersPushOptions)
        {
            throw new RemoteException(RemoteFailure.Unsupported, request.Target.ToString(), "push", "the target does not take push options");
        }
        var push = new PushRequest(changes)
        {
            WritePack = await FetchAsync(source, target, changes, cancellation),
            Atomic = _atomic && target.OffersAtomic,
            Options = request.PushOptions,
            Progress = meter.Listener("target"),
        };
        meter.Stage = "pushing";
        (_pushed, _verdicts) = (changes, []);
        var report = await target.PushAsync(push, cancellation);
        ThrowUnlessUnpacked(report);
        if (report.IsComplete)
        {
            _moved.AddRange(_pushed);
            _pushed = [];
            return changes.Count == count;
        }
        Judge(report, push.Atomic);
        return false;
    }

    private bool IsRefusedDelete(RefCommand change)
    {
        if (change.IsDelete)
        {
            _refused[change.Name] = "the target does not let refs be deleted";
        }
        return change.IsDelete;
    }

    private async Task<Func<Stream, CancellationToken, Task>?> FetchAsync(
        UploadPack source, ReceivePack target, IReadOnlyList<RefCommand> changes, CancellationToken cancellation)
    {
        var wants = SyncPlan.Wants(changes, _plan!.Target);
        if (wants.Count == 0)
        {
            return null;
        }
        meter.Stage = "negotiating";
        var fetch = await source.FetchAsync(new FetchRequest(wants, _plan.Haves())
        {
            Thin = target.TakesThinPacks,
            OffsetDeltas = target.TakesOffsetDeltas,
            Progress = meter.Listener("source"),
        }, cancellation);
        var transfer = await PackTransfer.BeginAsync(fetch.Pack, request.Source, meter, cancellation);
        return transfer.CopyToAsync;
    }

    private void ThrowUnlessUnpacked(PushReport report)
    {
        if (report.UnpackError is { } error)
        {
            var words = report.Messages.Count > 0 ? $" (it said: {string.Join("; ", report.Messages)})" : "";
            throw new RemoteException(RemoteFailure.Refused, request.Target.ToString(), "push", $"the pack was not taken: {error}{words}");
        }
    }

    /// <summary>Keeps what speaks against each ref, for the next look at the target to confirm.</summary>
    private void Judge(PushReport report, bool wasAtomic)
    {
        foreach (var name in report.Unknown)
        {
            _verdicts[name] = "the target did not say what became of it, and it has not moved";
        }
        if (wasAtomic && _pushed.Count > 1 && report.Refused.Count > 0)
        {
            // Every ref was refused, most of them for another's sake, and which is which each server says in its own words.
            // The next push lets each ref stand for itself.
            _atomic = false;
            return;
        }
        if (_pushed.Count > 1 && _partCount < MaxParts && report.Refused.Count == _pushed.Count
            && report.Refused.Values.All(reason => reason.Contains(RefusedAsAWhole, StringComparison.Ordinal)))
        {
            Halve();
            return;
        }
        foreach (var (name, reason) in report.Refused)
        {
            _verdicts[name] = WithWords(reason, report.Messages);
        }
    }

    private void Halve()
    {
        var names = _pushed.Select(change => change.Name).ToList();
        foreach (var half in names.Chunk((names.Count + 1) / 2))
        {
            _parts.Push(half.ToHashSet());
            _partCount++;
        }
    }

    /// <summary>A hook's refusal is "pre-receive hook declined"; what it wrote for people says why.</summary>
    private static string WithWords(string reason, IReadOnlyCollection<string> words) =>
        reason.Contains("hook declined", StringComparison.Ordinal) && words.Count > 0 ? $"{reason}: {string.Join("; ", words)}" : reason;

    /// <summary>Settles the last push by what the target has now.</summary>
    private void Settle(SyncPlan plan)
    {
        if (_pushed.Count == 0)
        {
            return;
        }
        _moved.AddRange(_pushed.Where(HasArrived(plan.Target)));
        var pending = plan.Changes.ToDictionary(change => change.Name);
        var seen = _pushed.ToDictionary(change => change.Name, change => change.Old);
        foreach (var (name, verdict) in _verdicts)
        {
            // Nobody moved it, and still it is not where it should be: that was a no.
            if (pending.TryGetValue(name, out var change) && change.Old == seen[name])
            {
                _refused[name] = verdict;
            }
        }
        _pushed = [];
    }

    private static Func<RefCommand, bool> HasArrived(RefListing target)
    {
        var now = new Dictionary<RefName, ObjectId>();
        foreach (var found in target.Refs)
        {
            now[found.Name] = found.Id;
        }
        return change => now.GetValueOrDefault(change.Name, target.Format.Null) == change.New;
    }

    private MirrorError? RefusalError()
    {
        var refs = _refused.ToDictionary(refused => refused.Key.Value, refused => refused.Value);
        foreach (var (name, why) in _plan?.Problems ?? new Dictionary<string, string>())
        {
            refs.TryAdd(name, why);
        }
        if (refs.Count == 0)
        {
            return null;
        }
        var first = refs.First();
        var others = refs.Count > 1 ? $", and {refs.Count - 1} more" : "";
        return new MirrorError("refs-refused", $"{request.Target}: not equal: {first.Key}: {first.Value}{others}") { Refs = refs };
    }
}
