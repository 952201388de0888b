using Mirror.Git;

namespace Mirror.Mirroring;

/// <summary>Gives the pack that some changes need, or null when the target has all of it.</summary>
internal delegate Task<Func<Stream, CancellationToken, Task>?> PackSupply(IReadOnlyList<RefCommand> changes,
    CancellationToken cancellation);

/// <summary>
/// What is pushed to one target in one run. Each push is settled by the next look at the target, so what it refused, what others
/// moved meanwhile and what a lost connection left open are all told by the refs themselves.
/// </summary>
internal sealed class Delivery(RemoteUrl url, RemoteSettings settings, TransferMeter meter)
{
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

    private bool _atomic = true;

    /// <summary>Words for the target's hooks, as <c>git push -o</c> sends them.</summary>
    public IReadOnlyCollection<string> PushOptions { get; init; } = [];

    /// <summary>Refs that the target will not take, and its words.</summary>
    public IReadOnlyDictionary<RefName, string> Refused => _refused;

    /// <summary>What has moved so far.</summary>
    public IReadOnlyList<RefCommand> Moved => _moved;

    /// <summary>How often a push was halved: as many rounds are no sign of trouble.</summary>
    public int PartCount { get; private set; }

    /// <summary>What of a plan is still to be done.</summary>
    public IReadOnlyList<RefCommand> Pending(TargetPlan plan) =>
        _refused.Count == 0 ? plan.Changes : [.. plan.Changes.Where(change => !_refused.ContainsKey(change.Name))];

    /// <summary>Pushes what can go in one; true if that was everything, and the target says that all of it has moved.</summary>
    public async Task<bool> PushAsync(ReceivePack target, IReadOnlyList<RefCommand> changes, PackSupply packs,
        CancellationToken cancellation)
    {
        var first = TargetPlan.DeletesInTheWay(changes);
        var part = first.Count > 0 ? first : NextPart(changes);
        return await PushPartAsync(target, part, packs, cancellation) && part.Count == changes.Count;
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
            await using var target = ReceivePack.Open(url, settings);
            var listing = await target.ListAsync(cancellation);
            _moved.AddRange(_pushed.Where(HasArrived(listing)));
            return true;
        }
        catch (Exception failure) when (failure is RemoteException or SecretException)
        {
            return false;
        }
    }

    private async Task<bool> PushPartAsync(ReceivePack target, IReadOnlyList<RefCommand> changes, PackSupply packs,
        CancellationToken cancellation)
    {
        var count = changes.Count;
        if (!target.OffersDeletes)
        {
            changes = [.. changes.Where(change => !IsRefusedDelete(change))];
        }
        if (changes.Count == 0)
        {
            return false;
        }
        if (PushOptions.Count > 0 && !target.OffersPushOptions)
        {
            throw new RemoteException(RemoteFailure.Unsupported, url.ToString(), "push", "the target does not take push options");
        }
        var push = new PushRequest(changes)
        {
            WritePack = await packs(changes, cancellation),
            Atomic = _atomic && target.OffersAtomic,
            Options = PushOptions,
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

    private void ThrowUnlessUnpacked(PushReport report)
    {
        if (report.UnpackError is { } error)
        {
            var words = report.Messages.Count > 0 ? $" (it said: {string.Join("; ", report.Messages)})" : "";
            throw new RemoteException(RemoteFailure.Refused, url.ToString(), "push", $"the pack was not taken: {error}{words}");
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
        if (_pushed.Count > 1 && PartCount < MaxParts && report.Refused.Count == _pushed.Count
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
            PartCount++;
        }
    }

    /// <summary>A hook's refusal is "pre-receive hook declined"; what it wrote for people says why.</summary>
    private static string WithWords(string reason, IReadOnlyCollection<string> words) =>
        reason.Contains("hook declined", StringComparison.Ordinal) && words.Count > 0 ? $"{reason}: {string.Join("; ", words)}" : reason;

    /// <summary>Settles the last push by what the target has now.</summary>
    public void Settle(TargetPlan plan)
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
}
