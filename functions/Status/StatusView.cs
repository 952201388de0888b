using Mirror.Functions.Poison;
using Mirror.Mirroring;

namespace Mirror.Functions.Status;

/// <summary>What all forms of the status show, as it was at one time.</summary>
/// <param name="Problem">What is wrong with the app itself, and why there may be less here than there is.</param>
internal sealed record StatusView(DateTimeOffset At, IReadOnlyList<MirrorReport> Mirrors, string? Problem)
{
    public IReadOnlyList<PoisonedQueue> Poison { get; init; } = [];

    /// <summary>Of mirrors that say nothing else.</summary>
    public TimeSpan Objective { get; init; } = MirrorDefaults.BuiltIn.Objective;

    public int CountOf(Condition condition) => Mirrors.Count(mirror => mirror.Condition == condition);
}

/// <summary>Which mirrors are asked for: <c>?state=failing&amp;name=ce/*</c>;
/// what is not a state, or not a pattern, asks for all.</summary>
internal sealed record StatusFilter(Condition? Condition, string Name)
{
    public static readonly StatusFilter All = new(null, "");

    private NamePattern? Pattern { get; } = PatternOf(Name);

    public static StatusFilter Parse(string? state, string? name) =>
        new(ConditionWords.TryParse(state), name?.Trim() ?? "");

    public IEnumerable<MirrorReport> Of(IEnumerable<MirrorReport> mirrors) =>
        mirrors.Where(mirror => (Condition is null || mirror.Condition == Condition) && (Pattern?.Matches(mirror.Name) ?? true));

    /// <summary>A word without a star is looked for anywhere.</summary>
    private static NamePattern? PatternOf(string name)
    {
        try
        {
            return name.Length == 0 ? null : NamePattern.Parse(name.AsSpan().ContainsAny('*', '?') ? name : $"*{name}*");
        }
        catch (FormatException)
        {
            return null;
        }
    }
}

/// <summary>The states as people, queries and programs read them.</summary>
internal static class ConditionWords
{
    public static readonly Condition[] All = Enum.GetValues<Condition>();

    /// <summary>In a query, in JSON and as a class of the style sheet.</summary>
    public static string Word(Condition condition) => condition.ToString().ToLowerInvariant();

    public static string Label(Condition condition) => condition == Condition.Never ? "never run" : Word(condition);

    public static Condition? TryParse(string? word) =>
        All.Where(condition => Word(condition) == word).Select(condition => (Condition?)condition).FirstOrDefault();
}
