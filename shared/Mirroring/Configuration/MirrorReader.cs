using Mirror.Git;

namespace Mirror.Mirroring;

/// <summary>Reads the list of mirrors, in both forms: two URLs, or git-partition-sync's two records.</summary>
internal sealed class MirrorReader(MirrorConfiguration configuration, string directory, ErrorList errors)
{
    private readonly Dictionary<string, int> _names = [];
    private readonly Dictionary<string, int> _destinations = [];
    private readonly HashSet<string> _withoutBase = [];

    public IReadOnlyList<ConfiguredMirror> ReadAll(IReadOnlyList<YamlValue> items) => [.. items.Select(Read).OfType<ConfiguredMirror>()];

    private ConfiguredMirror? Read(YamlValue item)
    {
        if (item is not YamlMap map)
        {
            errors.Add(item.At, $"a mirror must be a mapping, not {item.Kind}");
            return null;
        }
        var section = Section.Open(map, errors, "source", "destination", "refs", "name", "prune", "diverged", "objective",
            "deadline", "ping_url", "expired", RedirectReader.Key);
        section.Require("source", "destination");
        var source = ReadEnd(section, "source", (configuration.SourceBaseUrl, "SOURCE_BASE_URL"));
        var destination = ReadEnd(section, "destination", (configuration.DestinationBaseUrl, "DESTINATION_BASE_URL"));
        var refs = ReadRefs(section, source, destination);
        var prune = section.Flag("prune", configuration.Defaults.Prune);
        var diverged = section.Read("diverged", configuration.Defaults.Diverged, ConfigurationReader.ParseDiverged);
        var objective = section.Read("objective", configuration.Defaults.Objective, Interval.Parse);
        var deadline = section.Read("deadline", configuration.Defaults.Deadline, Interval.Parse);
        var ping = section.Read<PingUrl?>("ping_url", configuration.Defaults.Ping, text => PingUrl.Parse(text, directory));
        var redirects = RedirectReader.Read(section, configuration.Defaults.Redirects);
        var expired = section.Read("expired", configuration.Defaults.Expired, ConfigurationReader.ParseExpired);
        var name = ReadName(section, destination);
        if (source is null || destination is null || name is null || refs is null)
        {
            return null;
        }
        var mirror = new ConfiguredMirror(name, source.Url with { Redirects = redirects }, destination.Url with { Redirects = redirects })
        { Refs = refs, Prune = prune, Diverged = diverged, Objective = objective, Deadline = deadline, Ping = ping, Expired = expired };
        CheckAmongOthers(section, mirror);
        return mirror;
    }

    private MirrorEnd? ReadEnd(Section mirror, string side, (BaseUrl? Url, string Variable) @base)
    {
        switch (mirror.Find(side))
        {
            case null:
                return null;
            case YamlMap record:
                return ReadRecord(record, side, @base);
            default:
                var url = mirror.Read<RemoteUrl?>(side, null, text => ConfiguredUrl.Parse(text, directory));
                return url is null ? null : new MirrorEnd(url, url.MirrorName, null);
        }
    }

    private MirrorEnd? ReadRecord(YamlMap record, string side, (BaseUrl? Url, string Variable) @base)
    {
        var section = Section.Open(record, errors, "group", "project_name", "branch");
        var complete = section.Require("group", "project_name", "branch");
        var group = section.Read<string?>("group", null, MirrorName.CheckInUrl);
        var project = section.Read<string?>("project_name", null, ParseProject);
        var branch = section.Read<string?>("branch", null, ParseBranch);
        if (@base.Url is null && _withoutBase.Add(side))
        {
            // Reported once, since it is missing for all mirrors.
            errors.Add(record.At,
                $"'{side}' is a group and project, which needs {side}_base_url, or MIRROR_{@base.Variable} in the environment");
        }
        return complete && @base.Url is not null && group is not null && project is not null && branch is not null
            ? new MirrorEnd(@base.Url.Combine($"{group}/{project}"), $"{group}/{project}", branch)
            : null;
    }

    private RefMap? ReadRefs(Section section, MirrorEnd? source, MirrorEnd? destination)
    {
        var given = RefMapReader.Read(section, errors);
        if (source is null || destination is null)
        {
            return null;
        }
        if ((source.Branch is null) != (destination.Branch is null))
        {
            errors.Add(section.At, "'source' and 'destination' must both be URLs or both be a group, project and branch");
            return null;
        }
        if (source.Branch is not null && section.Has("refs"))
        {
            errors.Add(section.KeyAt("refs"), "'refs' and 'branch' both say what to carry: use URLs with 'refs'");
            return null;
        }
        return source.Branch is not null ? RefMap.Parse([$"refs/heads/{source.Branch}:refs/heads/{destination.Branch}"])
            : section.Has("refs") ? given
            : configuration.Defaults.Refs;
    }

    private string? ReadName(Section section, MirrorEnd? destination)
    {
        if (section.Has("name"))
        {
            return section.Read<string?>("name", null, MirrorName.Check);
        }
        try
        {
            return destination is null ? null : MirrorName.Check(destination.Name);
        }
        catch (FormatException exception)
        {
            errors.Add(section.KeyAt("destination"), $"{exception.Message}: say what it is with 'name'");
            return null;
        }
    }

    private void CheckAmongOthers(Section section, ConfiguredMirror mirror)
    {
        var (line, name) = (section.At.Line, Quoted.Value(mirror.Name));
        var destination = Identity(mirror.Destination);
        if (Identity(mirror.Source) == destination)
        {
            errors.Add(section.KeyAt("destination"), "source and destination are the same repository");
        }
        if (!_destinations.TryAdd(destination, line))
        {
            errors.Add(section.KeyAt("destination"), $"the mirror on line {_destinations[destination]} has this destination already");
        }
        else if (!_names.TryAdd(mirror.Name, line))
        {
            errors.Add(section.At, $"the mirror on line {_names[mirror.Name]} is called {name} already: give one of them another 'name'");
        }
        if (configuration.Store is { } store && ObjectKeySize.Of(store.Prefix, mirror) > ObjectKeySize.Max)
        {
            errors.Add(section.At, $"the name {name} and its refs make object keys of more than {ObjectKeySize.Max} bytes");
        }
        if (configuration.Store is not null)
        {
            CheckDestinationSide(section, mirror.Refs);
        }
    }

    /// <summary>A head describes only the destination side, so the ref map must be expressible without the source's names.</summary>
    private void CheckDestinationSide(Section section, RefMap refs)
    {
        try
        {
            refs.DestinationPatterns();
        }
        catch (FormatException exception)
        {
            errors.Add(section.Has("refs") ? section.KeyAt("refs") : section.At, $"refs: {exception.Message}");
        }
    }

    /// <summary>Servers accept URLs with and without <c>.git</c>.</summary>
    private static string Identity(RemoteUrl url)
    {
        var text = url.ToString().TrimEnd('/');
        return text.EndsWith(".git", StringComparison.Ordinal) ? text[..^".git".Length] : text;
    }

    private static string ParseProject(string text) =>
        text.Contains('/', StringComparison.Ordinal) ? throw new FormatException("has a '/', which belongs to 'group'")
        : text.EndsWith(".git", StringComparison.Ordinal) ? throw new FormatException("leave out '.git'")
        : MirrorName.CheckInUrl(text);

    private static string ParseBranch(string text) => RefName.TryParse($"refs/heads/{text}", out _)
        ? text
        : throw new FormatException($"{Quoted.Value(text)} is not a branch name");

    /// <summary>One end of a mirror. The branch is set if the end was written as a record.</summary>
    private sealed record MirrorEnd(RemoteUrl Url, string Name, string? Branch);
}
