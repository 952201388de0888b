using Mirror.Git;

namespace Mirror.Mirroring;

/// <summary>The changes at a target that make its managed refs equal to the wanted ones.</summary>
internal sealed class TargetPlan
{
    private TargetPlan()
    {
    }

    public IReadOnlyList<RefCommand> Changes { get; private init; } = [];

    /// <summary>How many refs of the target the mirror manages now.</summary>
    public int ManagedCount { get; private init; }

    /// <summary>How many refs the target is to have.</summary>
    public int WantedCount { get; private init; }

    /// <summary>Refs that no push can make equal, with the reason.</summary>
    public IReadOnlyDictionary<string, string> Problems { get; private init; } = new Dictionary<string, string>();

    /// <summary>The number of these refs. Not all unusable names are kept.</summary>
    public int ProblemCount { get; private init; }

    public static TargetPlan Make(WantedRefs wanted, RefListing target, bool prune)
    {
        var problems = new Dictionary<string, string>(wanted.Problems);
        var more = wanted.MoreProblems;
        foreach (var name in target.Unusable.Where(wanted.Manages))
        {
            // A push cannot delete any of these names, so beyond the first ones their number is enough.
            if (problems.Count >= WantedRefs.MaxUnusable)
            {
                more++;
            }
            else
            {
                problems.TryAdd(name, "the target has a ref of this name, which is not UTF-8 or not allowed by git: delete it there");
            }
        }
        var before = target.Refs.Sorted();
        var changes = new RefChanges(before, wanted.Refs, target.Format);
        var managedCount = 0;
        RefName previous = default;
        var next = wanted.Refs.GetEnumerator();
        var (isLeft, nextIndex, index) = (next.MoveNext(), 0, -1);
        foreach (var found in before)
        {
            index++;
            // A faulty server may list a ref twice.
            if (found.Name == previous || !wanted.Manages(found.Name))
            {
                continue;
            }
            (previous, managedCount) = (found.Name, managedCount + 1);
            for (; isLeft && next.Current.Name < found.Name; isLeft = next.MoveNext())
            {
                changes.AddCreate(nextIndex++);
            }
            if (isLeft && next.Current.Name == found.Name)
            {
                if (next.Current.Id != found.Id)
                {
                    changes.AddMove(index, nextIndex);
                }
                (isLeft, nextIndex) = (next.MoveNext(), nextIndex + 1);
            }
            else if (prune && (problems.Count == 0 || !problems.ContainsKey(found.Name.Value)))
            {
                // A ref with a problem is not deleted: the source has such a ref, but it cannot be mirrored.
                changes.AddDelete(index);
            }
        }
        for (; nextIndex < wanted.Refs.Count; nextIndex++)
        {
            changes.AddCreate(nextIndex);
        }
        return new TargetPlan
        {
            Changes = changes.Smallest(),
            ManagedCount = managedCount,
            WantedCount = wanted.Refs.Count,
            Problems = problems,
            ProblemCount = problems.Count + more,
        };
    }

    /// <summary>
    /// Deletes that need a push of their own first: git does not create <c>a/b</c> in the transaction that deletes <c>a</c>.
    /// </summary>
    public static IReadOnlyList<RefCommand> DeletesInTheWay(IReadOnlyCollection<RefCommand> changes)
    {
        if (!changes.Any(change => change.IsDelete))
        {
            return [];
        }
        var created = changes.Where(change => change.IsCreate).Select(change => change.Name.Value).ToHashSet();
        var createdFolders = created.SelectMany(Folders).ToHashSet();
        return [.. changes.Where(change => change.IsDelete
            && (createdFolders.Contains(change.Name.Value) || Folders(change.Name.Value).Any(created.Contains)))];
    }

    private static IEnumerable<string> Folders(string name)
    {
        for (var slash = name.LastIndexOf('/'); slash > 0; slash = name.LastIndexOf('/', slash - 1))
        {
            yield return name[..slash];
        }
    }
}
