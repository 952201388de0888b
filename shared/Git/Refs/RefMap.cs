namespace Mirror.Git;

/// <summary>Which refs of a source go to which refs of a destination: refspecs
/// <c>src:dst</c>, and <c>^pattern</c> for what to leave out.</summary>
/// <remarks>The mirror manages the destination sides. It never reads, moves or deletes a ref that no rule names.</remarks>
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

    /// <summary>The first refspec, which identifies a map of one refspec.</summary>
    public (RefPattern Source, RefPattern Destination) First => (_rules[0].Source, _rules[0].Destination);

    /// <summary>
    /// The destination side alone, for a consumer that does not know the source's names: refspecs that keep every name, and exclusions.
    /// </summary>
    /// <exception cref="FormatException">The map cannot be described by the destination alone,
    /// or the exclusions leave nothing.</exception>
    public IReadOnlyList<string> DestinationPatterns()
    {
        var sides = _rules.Where(rule => !_excludes.Exists(exclusion => exclusion.Covers(rule.Source)))
            .Select(rule => new DestinationSide(rule.Destination, [.. _excludes.Select(rule.ToDestination).OfType<RefPattern>()])).ToList();
        var excludes = sides.SelectMany(side => side.Excludes).Distinct()
            .Where(exclusion => sides.TrueForAll(side => side.LeavesOut(exclusion)));
        return sides.Count > 0
            ? [.. sides.Select(side => side.Pattern.Text).Concat(excludes.Select(exclusion => $"^{exclusion}")).Distinct()]
            : throw new FormatException("the exclusions exclude every ref of the ref map");
    }

    /// <summary>The destinations of a source ref: none, one or several. The text that replaces a star may make an invalid name.</summary>
    public IReadOnlyList<string> Destinations(RefName source)
    {
        if (IsExcluded(source))
        {
            return [];
        }
        var name = source.Value;
        // Nearly always one rule matches. A list for each of very many refs would be larger than the refs themselves.
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

    /// <summary>The same map, but it only manages refs that another map manages too.</summary>
    public RefMap NarrowedBy(RefMap other)
    {
        var narrowed = new RefMap { _narrowing = other };
        narrowed._rules.AddRange(_rules);
        narrowed._excludes.AddRange(_excludes);
        return narrowed;
    }

    /// <summary>Whether the mirror manages a destination ref: some source ref that is not excluded maps to it.</summary>
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

    /// <summary>As above, for a name that may be invalid.</summary>
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

    /// <summary>Whether every source ref that is asked for has the same name at the destination, and no other.</summary>
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

    /// <summary>As above, for a name that may be invalid.</summary>
    public bool Carries(string source) => _rules.Exists(rule => rule.Source.Matches(source)) && !IsExcluded(source);

    /// <summary>The refspecs as one text. Maps with the same text are equal.</summary>
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
        // A mirror always forces, so git's '+' for that is allowed and changes nothing.
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
        /// <summary>Most rules keep the name. Then 50,000 refs need no strings.</summary>
        public bool KeepsName { get; } = Source == Destination;

        /// <summary>The exclusion at the destination, for an exclusion that does not cover the rule;
        /// null where it excludes nothing there.</summary>
        public RefPattern? ToDestination(RefPattern exclusion)
        {
            // An exclusion without effect on this rule must not be listed: another rule may map to that name at the destination.
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
            // Text that is not a valid pattern could only match invalid names.
            var text = Destination.Fill(Source.Captured(exclusion.Text));
            return RefName.IsWellFormed(text, asPattern: true) ? RefPattern.Parse(text) : null;
        }

        public string To(string source) => KeepsName ? source : Destination.Fill(Source.Captured(source));

        public string From(string destination) => KeepsName ? destination : Source.Fill(Destination.Captured(destination));
    }

    /// <summary>The destination of a rule, and what the rule excludes there.</summary>
    private sealed record DestinationSide(RefPattern Pattern, IReadOnlyList<RefPattern> Excludes)
    {
        /// <summary>True if this rule maps to none of the refs that another rule excludes; false if it maps to all of them.</summary>
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
