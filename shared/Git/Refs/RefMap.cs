namespace Mirror.Git;

/// <summary>Which refs of a source go to which refs of a destination: refspecs
/// <c>src:dst</c>, and <c>^pattern</c> for what to leave out.</summary>
/// <remarks>The destination sides are what a mirror manages. A ref that no rule names is never read, moved or deleted.</remarks>
public sealed class RefMap
{
    public static readonly RefMap Default = Parse(["refs/heads/*", "refs/tags/*"]);

    private readonly List<Rule> _rules = [];
    private readonly List<RefPattern> _excludes = [];
    private RefMap? _narrowing;

    private RefMap()
    {
    }

    public static RefMap Parse(IEnumerable<string> refspecs)
    {
        var map = new RefMap();
        foreach (var refspec in refspecs)
        {
            map.Add(refspec);
        }
        return map._rules.Count > 0 ? map : throw new FormatException("a ref map needs at least one refspec that is not an exclusion");
    }

    /// <summary>What to ask the source for.</summary>
    public IEnumerable<RefPattern> Sources => _rules.Select(rule => rule.Source);

    /// <summary>What the mirror may create, move and delete at the destination.</summary>
    public IEnumerable<RefPattern> Managed => _rules.Select(rule => rule.Destination);

    /// <summary>The first refspec, which names a map with one alone.</summary>
    public (RefPattern Source, RefPattern Destination) First => (_rules[0].Source, _rules[0].Destination);

    /// <summary>
    /// The destination side by itself, for one who does not know the source's: refspecs that keep every name, and what they leave out.
    /// </summary>
    /// <exception cref="FormatException">It cannot be said so, or nothing is left.</exception>
    public IReadOnlyList<string> DestinationPatterns()
    {
        var sides = _rules.Where(rule => !_excludes.Exists(exclusion => exclusion.Covers(rule.Source)))
            .Select(rule => new DestinationSide(rule.Destination, [.. _excludes.Select(rule.ToDestination).OfType<RefPattern>()])).ToList();
        var excludes = sides.SelectMany(side => side.Excludes).Distinct()
            .Where(exclusion => sides.TrueForAll(side => side.LeavesOut(exclusion)));
        return sides.Count > 0
            ? [.. sides.Select(side => side.Pattern.Text).Concat(excludes.Select(exclusion => $"^{exclusion}")).Distinct()]
            : throw new FormatException("the exclusions leave nothing of the ref map");
    }

    /// <summary>Where a source ref goes: nowhere, to one place, or to several. What comes out of a star need not be a valid name.</summary>
    public IReadOnlyList<string> Destinations(RefName source)
    {
        if (IsExcluded(source))
        {
            return [];
        }
        var name = source.Value;
        // One rule matches, nearly always; a list for each of very many refs would be more than the refs themselves.
        string[] destinations = [];
        foreach (var rule in _rules)
        {
            if (rule.Source.Matches(source) && rule.To(name) is var destination && !destinations.Contains(destination))
            {
                destinations = [.. destinations, destination];
            }
        }
        return destinations;
    }

    /// <summary>The same map, which manages only what another one manages too.</summary>
    public RefMap NarrowedBy(RefMap other)
    {
        var narrowed = new RefMap { _narrowing = other };
        narrowed._rules.AddRange(_rules);
        narrowed._excludes.AddRange(_excludes);
        return narrowed;
    }

    /// <summary>Whether a destination ref is this mirror's: some source ref that is not excluded could have made it.</summary>
    public bool Manages(RefName destination)
    {
        if (_narrowing?.Manages(destination) == false)
        {
            return false;
        }
        foreach (var rule in _rules)
        {
            if (rule.Destination.Matches(destination)
                && !(rule.KeepsName ? IsExcluded(destination) : IsExcluded(rule.From(destination.Value))))
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>The same of a name that need not be a valid one.</summary>
    public bool Manages(string destination)
    {
        if (_narrowing?.Manages(destination) == false)
        {
            return false;
        }
        foreach (var rule in _rules)
        {
            if (rule.Destination.Matches(destination) && !IsExcluded(rule.From(destination)))
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>Whether each source ref that is asked for has its own name at the destination, and no other.</summary>
    public bool KeepsNames => _rules.TrueForAll(rule => rule.KeepsName);

    /// <summary>Whether a source ref is asked for.</summary>
    public bool Carries(RefName source)
    {
        foreach (var rule in _rules)
        {
            if (rule.Source.Matches(source))
            {
                return !IsExcluded(source);
            }
        }
        return false;
    }

    /// <summary>The same of a name that need not be a valid one.</summary>
    public bool Carries(string source) => _rules.Exists(rule => rule.Source.Matches(source)) && !IsExcluded(source);

    /// <summary>The refspecs as one text: two maps that have the same are the same.</summary>
    public override string ToString() =>
        string.Join(' ', _rules.Select(rule => $"{rule.Source}:{rule.Destination}").Concat(_excludes.Select(pattern => $"^{pattern}")));

    private bool IsExcluded(RefName source)
    {
        foreach (var pattern in _excludes)
        {
            if (pattern.Matches(source))
            {
                return true;
            }
        }
        return false;
    }

    private bool IsExcluded(string source) => _excludes.Exists(pattern => pattern.Matches(source));

    private void Add(string refspec)
    {
        if (refspec.StartsWith('^'))
        {
            _excludes.Add(refspec.Contains(':', StringComparison.Ordinal)
                ? throw new FormatException($"'{refspec}': an exclusion has no destination")
                : RefPattern.Parse(refspec[1..]));
            return;
        }
        // A mirror always forces, so the '+' that git uses to say so is allowed and changes nothing.
        var sides = (refspec.StartsWith('+') ? refspec[1..] : refspec).Split(':');
        if (sides.Length > 2 || sides.Any(side => side.Length == 0))
        {
            throw new FormatException($"'{refspec}' is not a refspec: write SOURCE or SOURCE:DESTINATION");
        }
        var source = RefPattern.Parse(sides[0]);
        var destination = RefPattern.Parse(sides[^1]);
        _rules.Add(source.HasStar == destination.HasStar
            ? new Rule(source, destination)
            : throw new FormatException($"'{refspec}': a '*' on one side needs one on the other"));
    }

    private sealed record Rule(RefPattern Source, RefPattern Destination)
    {
        /// <summary>Most rules keep the name, and then fifty thousand refs need no strings.</summary>
        public bool KeepsName { get; } = Source == Destination;

        /// <summary>What an exclusion that does not cover the rule leaves out at the destination, or null for nothing.</summary>
        public RefPattern? ToDestination(RefPattern exclusion)
        {
            // One that leaves nothing out here must not be said: at the destination it may be a name that another rule makes.
            if (!Source.Overlaps(exclusion))
            {
                return null;
            }
            if (KeepsName)
            {
                return exclusion;
            }
            if (!Source.Covers(exclusion))
            {
                throw new FormatException(
                    $"'^{exclusion}' beside '{Source}:{Destination}': what is left cannot be said of the destination alone");
            }
            // What is no pattern could come of spoilt names alone.
            var text = Destination.Fill(Source.Captured(exclusion.Text));
            return RefName.IsWellFormed(text, asPattern: true) ? RefPattern.Parse(text) : null;
        }

        public string To(string source) => KeepsName ? source : Destination.Fill(Source.Captured(source));

        public string From(string destination) => KeepsName ? destination : Source.Fill(Destination.Captured(destination));
    }

    /// <summary>What a rule makes at the destination, and what of that it leaves out.</summary>
    private sealed record DestinationSide(RefPattern Pattern, IReadOnlyList<RefPattern> Excludes)
    {
        /// <summary>Whether what another rule leaves out is not made by this one either.</summary>
        public bool LeavesOut(RefPattern exclusion)
        {
            if (!Pattern.Overlaps(exclusion) || Excludes.Any(own => own.Covers(exclusion)))
            {
                return true;
            }
            return Pattern.Covers(exclusion) && !Excludes.Any(own => own.Overlaps(exclusion))
                ? false
                : throw new FormatException(
                    $"'{exclusion}' is left out by one rule and made in part by another: that cannot be said of the destination alone");
        }
    }
}
