using Mirror.Git;

namespace Mirror.Mirroring;

/// <summary>The refs that a destination is to have, by name, and those with a problem at the source.</summary>
internal sealed class WantedRefs
{
    /// <summary>How many unusable names are kept for messages: names that are not UTF-8 or not allowed by git.</summary>
    public const int MaxUnusable = 100;

    private readonly RefMap _map;
    private readonly RefListing _source;
    private readonly Dictionary<string, string> _problems = [];

    private WantedRefs(RefMap map, RefListing source) => (_map, _source) = (map, source);

    /// <summary>Sorted by name, without duplicates.</summary>
    public RefList Refs { get; private set; } = [];

    /// <summary>Refs that cannot be made equal, with the reason.</summary>
    public IReadOnlyDictionary<string, string> Problems => _problems;

    /// <summary>The number of unusable names beyond those that are kept.</summary>
    public int MoreProblems { get; private set; }

    public bool Manages(RefName name) => _map.Manages(name);

    /// <summary>Whether the mirror may move and delete a ref of the destination, whose name may be invalid.</summary>
    public bool Manages(string name) => _map.Manages(name);

    /// <summary>
    /// The wanted refs of a chain's state. All refs of the state are wanted, and other managed refs are not. An older bundle may have
    /// refs that the mirror no longer manages; these are left alone.
    /// </summary>
    public static WantedRefs Of(RefList refs, RefMap managed)
    {
        return new WantedRefs(managed, new RefListing(refs is [var first, ..] ? first.Id.Format : ObjectFormat.Sha1, refs))
        { Refs = refs.Only(managed.Manages).Sorted() };
    }

    /// <param name="mayMiss">Whether a ref that the map names in full may be missing at the source. Then its copy is deleted.</param>
    public static WantedRefs Of(RefMap map, RefListing source, bool mayMiss)
    {
        var wanted = new WantedRefs(map, source);
        var mapped = wanted.Mapped();
        foreach (var name in source.Unusable.Where(map.Carries))
        {
            if (wanted._problems.Count >= MaxUnusable)
            {
                wanted.MoreProblems++;
                continue;
            }
            wanted._problems[name] =
                "the source has a ref of this name, which is not UTF-8 or not allowed by git: rename it there, or exclude it";
        }
        if (!mayMiss)
        {
            wanted.AddMissing();
        }
        wanted.Refs = wanted.WithoutProblems(mapped.Sorted());
        return wanted;
    }

    private RefList Mapped()
    {
        if (_map.KeepsNames && _source.Refs.All(found => _map.Carries(found.Name)))
        {
            return _source.Refs;
        }
        var mapped = new RefList();
        foreach (var found in _source.Refs)
        {
            foreach (var destination in _map.Destinations(found.Name))
            {
                if (RefName.TryParse(destination, out var name))
                {
                    mapped.Add(new Ref(name, found.Id));
                }
                else
                {
                    _problems[destination] = $"{found.Name} would become this name, which git does not allow";
                }
            }
        }
        return mapped;
    }

    /// <summary>Leaves out refs with a problem, for instance if several refs of the source map to the same name.</summary>
    private RefList WithoutProblems(RefList refs)
    {
        if (refs.IsSorted && _problems.Count == 0)
        {
            return refs;
        }
        var each = new RefList();
        foreach (var same in refs.GroupBy(wanted => wanted.Name))
        {
            if (same.Any(wanted => wanted.Id != same.First().Id))
            {
                var one = _source.Refs.First(found => _map.Destinations(found.Name).Contains(same.Key.Value));
                _problems[same.Key.Value] = $"several refs of the source go here, {one.Name} among them";
            }
            if (!_problems.ContainsKey(same.Key.Value))
            {
                each.Add(same.First());
            }
        }
        return each;
    }

    /// <summary>If the source lacks a ref that the map names in full, it was renamed or misspelt.
    /// That is no reason to delete its copy.</summary>
    private void AddMissing()
    {
        if (_source.HeadId is null && _source.Refs.Count == 0)
        {
            return;
        }
        foreach (var pattern in _map.Sources.Where(pattern => !pattern.HasStar))
        {
            if (RefName.TryParse(pattern.Text, out var name) && !_source.Refs.Any(found => found.Name == name))
            {
                foreach (var destination in _map.Destinations(name))
                {
                    _problems[destination] = $"the source has no ref {name}; what the target has under this name was left as it is";
                }
            }
        }
    }
}
