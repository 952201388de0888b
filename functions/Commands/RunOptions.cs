using System.CommandLine;
using System.CommandLine.Parsing;
using Mirror.Mirroring;
using Mirror.Storage;

namespace Mirror.Functions.Commands;

/// <summary>The options shared by all commands that run over mirrors.</summary>
internal sealed record RunOptions
{
    private const string DefaultConfiguration = "mirror.yaml";

    private static readonly Option<string?> ConfigurationOption = new("--config", "-c")
    {
        Description = $"the configuration: a file, or an object, {StoreKinds.ObjectSchemes} [default: {DefaultConfiguration}]",
        HelpName = "FILE",
    };

    internal static readonly Option<string?> OnlyOption =
        new("--only") { Description = "only mirrors whose name matches, such as 'group/*'", HelpName = "GLOB" };

    internal static readonly Option<bool> DryRunOption =
        new("--dry-run", "-n") { Description = "say what would change, ref by ref, and change nothing" };

    internal static readonly Option<string?> WatchOption =
        new("--watch") { Description = "do it again and again, this long apart: 30s, 5m, 1h", HelpName = "INTERVAL" };

    internal static readonly Option<int> ParallelOption = new("--parallel", "-j")
    {
        Description = "how many mirrors at a time",
        HelpName = "N",
        DefaultValueFactory = _ => 4,
        Validators = { CheckParallel },
    };

    internal static readonly Option<bool> JsonOption =
        new("--json") { Description = "one JSON object per mirror on standard output, and nothing else there" };

    internal static readonly Option<bool> QuietOption = new("--quiet", "-q") { Description = "say nothing unless something is wrong" };

    internal static readonly Option<bool> VerboseOption =
        new("--verbose", "-v") { Description = "name every ref that moves, and every retry" };

    /// <summary>The name of the command.</summary>
    public required string Command { get; init; }

    public required string Configuration { get; init; }

    /// <summary>The process's secrets.</summary>
    public required SecretReader Secrets { get; init; }

    public NamePattern? Only { get; private init; }

    public bool DryRun { get; private init; }

    public TimeSpan? Watch { get; private init; }

    public int Parallel { get; private init; }

    public bool Json { get; private init; }

    public bool Quiet { get; private init; }

    public bool Verbose { get; private init; }

    private static void CheckParallel(OptionResult result)
    {
        // A value that is not a number has been reported already.
        if (result.Tokens is [var token] && int.TryParse(token.Value, out var count) && count is (< 1 or > 256))
        {
            result.AddError("--parallel takes 1 to 256");
        }
    }

    /// <summary>Adds the options, except those without a meaning for a command.</summary>
    public static void AddTo(Command command, params ReadOnlySpan<Option> except)
    {
        foreach (var option in (Option[])[ConfigurationOption, OnlyOption, DryRunOption, WatchOption, ParallelOption, JsonOption,
            QuietOption, VerboseOption])
        {
            if (!except.Contains(option))
            {
                command.Options.Add(option);
            }
        }
    }

    public static RunOptions Read(ParseResult parsed, SecretReader secrets) => new()
    {
        Command = parsed.CommandResult.Command.Name,
        Configuration = parsed.GetValue(ConfigurationOption) ?? DefaultConfiguration,
        Secrets = secrets,
        Only = parsed.GetValue(OnlyOption) is { } glob ? ParsePattern(glob) : null,
        DryRun = parsed.GetValue(DryRunOption),
        Watch = parsed.GetValue(WatchOption) is { } interval ? ParseInterval(interval) : null,
        Parallel = Math.Max(1, parsed.GetValue(ParallelOption)),
        Json = parsed.GetValue(JsonOption),
        Quiet = parsed.GetValue(QuietOption),
        Verbose = parsed.GetValue(VerboseOption),
    };

    public static bool NamesConfiguration(CommandResult result) =>
        result.GetResult(ConfigurationOption) is not null || result.GetResult(OnlyOption) is not null;

    /// <summary>The mirrors that match --only. No match means a mistake in the pattern.</summary>
    public IReadOnlyList<T> Select<T>(IReadOnlyList<T> mirrors, Func<T, string> name)
    {
        if (mirrors.Count == 0)
        {
            throw new UsageException($"{Configuration}: there is nothing to do: no 'mirrors'");
        }
        if (Only is null)
        {
            return mirrors;
        }
        var chosen = mirrors.Where(mirror => Only.Matches(name(mirror))).ToList();
        return chosen.Count > 0
            ? chosen
            : throw new UsageException($"--only {Only}: no mirror has such a name; the first is '{name(mirrors[0])}'");
    }

    private static TimeSpan ParseInterval(string text)
    {
        try
        {
            return text.Length > 0 && text.All(letter => char.IsAsciiDigit(letter) || letter == '.')
                ? throw new FormatException(
                    $"'{text}' has no unit: did you mean {text}m for minutes, {text}s for seconds or {text}h for hours?")
                : Interval.Parse(text);
        }
        catch (FormatException wrong)
        {
            throw new UsageException($"--watch: {wrong.Message}", wrong);
        }
    }

    private static NamePattern ParsePattern(string glob)
    {
        try
        {
            return NamePattern.Parse(glob);
        }
        catch (FormatException wrong)
        {
            throw new UsageException($"--only: {wrong.Message}", wrong);
        }
    }
}
