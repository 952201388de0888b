using Mirror.Git;

namespace Mirror.Mirroring;

/// <summary>The refs that a destination shall have, by name, and those of which the source leaves it open.</summary>
internal sealed class WantedRefs
{
    /// <summary>How many names that are not UTF-8 or not allowed by git are kept, to be told one by one.</summary>
    public const int MaxUnusable = 100;

    private readonly RefMap _map;
    private readonly RefListing _source;
    private readonly Dictionary<string, string> _problems = [];

    private WantedRefs(RefMap map, RefListing source) => (_map, _source) = (map, source);

    /// <summary>By name, each once.</summary>
    public RefList Refs { get; private set; } = [];

    /// <summary>Refs that cannot be made equal, and why.</summary>
    public IReadOnlyDictionary<string, string> Problems => _problems;

    /// <summary>How many names there are beyond those that are kept.</summary>
    public int MoreProblems { get; private set; }

    public bool Manages(RefName name) => _map.Manages(name);

    /// <summary>Whether a ref of the destination, of a valid name or not, is the mirror's to move and delete.</summary>
    public bool Manages(string name) => _map.Manages(name);

    /// <summary>
    /// A state as a chain has it: what is in it is wanted, and what is managed beside it is not. An older bundle may have refs that are no
    /// longer the mirror's; those are left alone.
    /// </summary>
    public static WantedRefs Of(RefList refs, RefMap managed)
    {
        return new WantedRefs(managed, new RefListing(refs is [var first, ..] ? first.Id.Format : ObjectFormat.Sha1, refs))
        { Refs = refs.Only(managed.Manages).Sorted() };
    }

    /// <param name="mayMiss">Whether a ref that the map names in full may be gone, so that its copy is deleted.</param>
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

    /// <summary>Leaves out what a problem stands for, such as that several refs of the source disagree.</summary>
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

    /// <summary>A ref that the map names in full and the source lacks is a slip of the
    /// pen, or was renamed: not a reason to delete its copy.</summary>
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
