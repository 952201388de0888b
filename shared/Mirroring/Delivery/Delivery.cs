using Mirror.Git;

namespace Mirror.Mirroring;

/// <summary>
/// The state of one delivery: which refs the target has refused, and how to push the rest. A push report is only kept as a verdict, which
/// the next look at the target confirms or not.
/// </summary>
internal sealed class Delivery
{
    // A pre-receive hook refuses the whole push at once.
    // To find the refs that it objects to, the push is halved, each part with its own pack.
    private const int MaxParts = 64;

    private readonly Dictionary<RefName, string> _refused = [];

    // The last push, and the reasons for refs that did not move according to the report. A ref that did not move and has no reason is
    // tried again: the connection was lost, or another ref caused the refusal.
    private IReadOnlyList<RefCommand> _pushed = [];
    private Dictionary<RefName, string> _verdicts = [];
    private Func<RefName, bool> _isAccepted = _ => false;

    // Refs that have not moved although the target reported that they had. Once may be a change by others, or an early answer.
    private readonly HashSet<RefName> _unmoved = [];

    // Parts of a push that are still to be tried separately.
    private readonly Stack<IReadOnlySet<RefName>> _parts = [];

    /// <summary>Refs that the target refused, with its reasons.</summary>
    public IReadOnlyDictionary<RefName, string> Refused => _refused;

    /// <summary>Whether the next push is atomic.</summary>
    public bool IsAtomic { get; private set; } = true;

    /// <summary>How often a push was halved. The limit on rounds grows by this number.</summary>
    public int PartCount { get; private set; }

    /// <summary>The changes of a plan that are left to do.</summary>
    public IReadOnlyList<RefCommand> Pending(TargetPlan plan) =>
        plan.Changes.Only(change => !_refused.ContainsKey(change.Name));

    /// <summary>The changes for the next push. Deletes that the target does not support are refused here.</summary>
    public IReadOnlyList<RefCommand> NextPush(IReadOnlyList<RefCommand> changes, ReceivePack target)
    {
        var first = TargetPlan.DeletesInTheWay(changes);
        var part = first.Count > 0 ? first : NextPart(changes);
        return target.OffersDeletes ? part : part.Only(change => !IsRefusedDelete(change));
    }

    /// <summary>Called before a push, so that a push without a report is settled too.</summary>
    public void Begin(IReadOnlyList<RefCommand> pushed) => (_pushed, _verdicts, _isAccepted) = (pushed, [], _ => false);

    /// <summary>Keeps the reasons against each ref, to be confirmed by the next look at the target.</summary>
    public void Judge(PushReport report, bool wasAtomic)
    {
        _isAccepted = report.Accepted;
        foreach (var name in report.Unknown)
        {
            _verdicts[name] = "the target did not say what became of it, and it has not moved";
        }
        if (wasAtomic && _pushed.Count > 1 && report.Refused.Count > 0)
        {
            // The push was atomic, so one refused ref made the others fail too, and each server words that differently. The next push is
            // not atomic, so that each ref gets its own answer.
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

    /// <summary>Settles the last push by the changes that are left now.</summary>
    public void Settle(TargetPlan plan)
    {
        if (_pushed.Count > 0 && plan.Changes.Count > 0)
        {
            var left = plan.Changes.ToDictionary(change => change.Name);
            foreach (var change in _pushed)
            {
                // The ref has not moved at all, so it counts as refused, whatever the report says.
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

    /// <summary>All changes, or one of the parts, after a hook has refused all of them.</summary>
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
