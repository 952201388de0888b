using Mirror.Git;

namespace Mirror.Mirroring;

/// <summary>
/// What the pushes of one cargo have taught about its target: which refs it will not take, and how to push the rest. What a report says is
/// kept as a verdict, which the next look at the target confirms or not.
/// </summary>
internal sealed class Delivery
{
    // A pre-receive hook speaks once for the whole push. To find whom it means, the push is halved, each part with its own pack.
    private const int MaxParts = 64;

    private readonly Dictionary<RefName, string> _refused = [];

    // The last push, and of its refs that are not said to have moved, why not. A ref that has neither moved nor a verdict is tried again:
    // the connection was lost, or it was refused for another's sake.
    private IReadOnlyList<RefCommand> _pushed = [];
    private Dictionary<RefName, string> _verdicts = [];
    private Func<RefName, bool> _isAccepted = _ => false;

    // Refs that the target has said to have moved, and that had not. Once may be somebody who undid it, or an answer that came too early.
    private readonly HashSet<RefName> _unmoved = [];

    // What is still to be tried apart.
    private readonly Stack<IReadOnlySet<RefName>> _parts = [];

    /// <summary>Refs that the target will not take, and its words.</summary>
    public IReadOnlyDictionary<RefName, string> Refused => _refused;

    /// <summary>Whether the next push asks for all or nothing.</summary>
    public bool IsAtomic { get; private set; } = true;

    /// <summary>How often a push was halved: as many rounds are no sign of trouble.</summary>
    public int PartCount { get; private set; }

    /// <summary>What of a plan is still to be done.</summary>
    public IReadOnlyList<RefCommand> Pending(TargetPlan plan) =>
        plan.Changes.Only(change => !_refused.ContainsKey(change.Name));

    /// <summary>What can go in one push, without the deletes that the target does not offer: those are refused here.</summary>
    public IReadOnlyList<RefCommand> NextPush(IReadOnlyList<RefCommand> changes, ReceivePack target)
    {
        var first = TargetPlan.DeletesInTheWay(changes);
        var part = first.Count > 0 ? first : NextPart(changes);
        return target.OffersDeletes ? part : part.Only(change => !IsRefusedDelete(change));
    }

    /// <summary>Called before a push, so that one whose report is lost is settled too.</summary>
    public void Begin(IReadOnlyList<RefCommand> pushed) => (_pushed, _verdicts, _isAccepted) = (pushed, [], _ => false);

    /// <summary>Keeps what speaks against each ref, for the next look at the target to confirm.</summary>
    public void Judge(PushReport report, bool wasAtomic)
    {
        _isAccepted = report.Accepted;
        foreach (var name in report.Unknown)
        {
            _verdicts[name] = "the target did not say what became of it, and it has not moved";
        }
        if (wasAtomic && _pushed.Count > 1 && report.Refused.Count > 0)
        {
            // Every ref was refused, most of them for another's sake, and which is which each server says in its own words.
            // The next push lets each ref stand for itself.
            IsAtomic = false;
            return;
        }
        if (_pushed.Count > 1 && PartCount < MaxParts && report.Refused.Count == _pushed.Count
            && report.Refused.Values.All(reason => PushRefusals.Of(reason) == PushRefusal.WholePushByHook))
        {
            Halve();
            return;
        }
        var words = new RefusalWords(report.Messages);
        foreach (var (name, reason) in report.Refused)
        {
            _verdicts[name] = words.Of(reason);
        }
    }

    /// <summary>Settles the last push by what is left to do now.</summary>
    public void Settle(TargetPlan plan)
    {
        if (_pushed.Count > 0 && plan.Changes.Count > 0)
        {
            var left = plan.Changes.ToDictionary(change => change.Name);
            foreach (var change in _pushed)
            {
                // Nobody moved it, and still it is not where it should be: that was a no, whatever the report says.
                if (left.TryGetValue(change.Name, out var now) && now.Old == change.Old && VerdictOn(change.Name) is { } verdict)
                {
                    _refused[change.Name] = verdict;
                }
            }
        }
        Begin([]);
    }

    private string? VerdictOn(RefName name) =>
        _verdicts.TryGetValue(name, out var verdict) ? verdict
        : _isAccepted(name) && !_unmoved.Add(name) ? "the target said that this ref moved, and it did not: tried twice"
        : null;

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

    private bool IsRefusedDelete(RefCommand change)
    {
        if (change.IsDelete)
        {
            _refused[change.Name] = "the target does not let refs be deleted";
        }
        return change.IsDelete;
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
}
