using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Mirror.Git;

namespace Mirror.Mirroring;

/// <summary>What has to move at the target so that its managed refs equal the source's.</summary>
internal sealed class SyncPlan
{
    private readonly IReadOnlyDictionary<ObjectId, ObjectId> _peeled;

    private SyncPlan(RefListing source, RefListing target) => (_peeled, SourceHead, Target) = (source.Peeled, source.Head, target);

    public RefName? SourceHead { get; }

    public RefListing Target { get; }

    public IReadOnlyList<RefCommand> Changes { get; private init; } = [];

    /// <summary>How many refs of the target the mirror manages now.</summary>
    public int ManagedCount { get; private init; }

    /// <summary>How many refs the target shall have.</summary>
    public int WantedCount { get; private init; }

    /// <summary>Refs that no push can make equal, and why.</summary>
    public IReadOnlyDictionary<string, string> Problems { get; private init; } = new Dictionary<string, string>();

    public static SyncPlan Make(SyncRequest request, RefListing source, RefListing target)
    {
        var problems = new Dictionary<string, string>();
        AddUnusable(request.Refs, source, target, problems);
        AddMissing(request, source, problems);
        var wanted = Wanted(request.Refs, source, problems);
        var (wantedCount, managedCount) = (wanted.Count, 0);
        var changes = new List<RefCommand>();
        foreach (var found in target.Refs.Where(found => request.Refs.Manages(found.Name)))
        {
            managedCount++;
            ref var id = ref CollectionsMarshal.GetValueRefOrNullRef(wanted, found.Name);
            if (!Unsafe.IsNullRef(ref id))
            {
                if (!id.IsNull && id != found.Id)
                {
                    changes.Add(new RefCommand(found.Name, found.Id, id));
                }
                // Seen: not to be created, nor, if a careless server lists it twice, to be thought of again.
                id = default;
            }
            else if (request.Prune && !problems.ContainsKey(found.Name.Value))
            {
                // A ref that a problem stands for is not deleted: the source has something there, we only do not know what to make of it.
                changes.Add(new RefCommand(found.Name, found.Id, target.Format.Null));
            }
        }
        changes.AddRange(wanted
            .Where(missing => !missing.Value.IsNull)
            .Select(missing => new RefCommand(missing.Key, target.Format.Null, missing.Value)));
        changes.Sort((left, right) => left.Name.CompareTo(right.Name));
        for (var i = changes.Count - 1; i > 0; i--)
        {
            if (changes[i].Name == changes[i - 1].Name)
            {
                changes.RemoveAt(i);
            }
        }
        return new SyncPlan(source, target) { Changes = changes, ManagedCount = managedCount, WantedCount = wantedCount, Problems = problems };
    }

    /// <summary>
    /// Deletes that must go first, in a push of their own: git refuses to make <c>a/b</c> in the transaction that deletes <c>a</c>.
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

    /// <summary>What to ask the source for: tips that the target does not have yet.</summary>
    public static IReadOnlyCollection<ObjectId> Wants(IEnumerable<RefCommand> changes, RefListing target)
    {
        var present = target.Refs.Select(found => found.Id).Concat(target.Haves).ToHashSet();
        return [.. changes.Where(change => !change.IsDelete && !present.Contains(change.New)).Select(change => change.New).Distinct()];
    }

    /// <summary>What the target has, as commits: an annotated tag stands for what it leads to, wherever the source can tell.</summary>
    public IReadOnlyCollection<ObjectId> Haves() =>
        [.. Target.Refs.Select(found => _peeled.GetValueOrDefault(found.Id, found.Id)).Concat(Target.Haves).Distinct()];

    private static Dictionary<RefName, ObjectId> Wanted(RefMap map, RefListing source, Dictionary<string, string> problems)
    {
        var wanted = new Dictionary<RefName, ObjectId>(source.Refs.Count);
        foreach (var found in source.Refs)
        {
            foreach (var destination in map.Destinations(found.Name))
            {
                if (!RefName.TryParse(destination, out var name))
                {
                    problems[destination] = $"{found.Name} would become this name, which git does not allow";
                }
                else if (!wanted.TryAdd(name, found.Id) && wanted[name] != found.Id)
                {
                    problems[destination] = $"several refs of the source go here, {found.Name} among them";
                }
            }
        }
        foreach (var destination in problems.Keys)
        {
            if (RefName.TryParse(destination, out var name))
            {
                wanted.Remove(name);
            }
        }
        return wanted;
    }

    private static void AddUnusable(RefMap map, RefListing source, RefListing target, Dictionary<string, string> problems)
    {
        foreach (var name in source.Unusable.Where(map.Carries))
        {
            problems[name] = "the source has a ref of this name, which is not UTF-8 or not allowed by git: rename it there, or exclude it";
        }
        foreach (var name in target.Unusable.Where(map.Manages))
        {
            problems.TryAdd(name, "the target has a ref of this name, which is not UTF-8 or not allowed by git: delete it there");
        }
    }

    /// <summary>A ref that the map names in full and the source lacks is a slip of the pen, or was renamed: not a reason to delete its copy.</summary>
    private static void AddMissing(SyncRequest request, RefListing source, Dictionary<string, string> problems)
    {
        var isEmpty = source.HeadId is null && source.Refs.Count == 0;
        if (isEmpty || request.AllowMassDelete)
        {
            return;
        }
        foreach (var pattern in request.Refs.Sources.Where(pattern => !pattern.HasStar))
        {
            if (RefName.TryParse(pattern.Text, out var name) && !source.Refs.Any(found => found.Name == name))
            {
                foreach (var destination in request.Refs.Destinations(name))
                {
                    problems[destination] = $"the source has no ref {name}; what the target has under this name was left as it is";
                }
            }
        }
    }

    private static IEnumerable<string> Folders(string name)
    {
        for (var slash = name.LastIndexOf('/'); slash > 0; slash = name.LastIndexOf('/', slash - 1))
        {
            yield return name[..slash];
        }
    }
}
