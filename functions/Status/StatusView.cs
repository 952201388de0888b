using Mirror.Functions.Poison;
using Mirror.Mirroring;

namespace Mirror.Functions.Status;

/// <summary>The status at one time, for all formats.</summary>
/// <param name="Problem">Problems of the app itself, because of which the status may be incomplete.</param>
internal sealed record StatusView(DateTimeOffset At, IReadOnlyList<MirrorReport> Mirrors, string? Problem)
{
    public IReadOnlyList<PoisonedQueue> Poison { get; init; } = [];

    /// <summary>The objective of mirrors without their own.</summary>
    public TimeSpan Objective { get; init; } = MirrorDefaults.BuiltIn.Objective;

    public int CountOf(Condition condition) => Mirrors.Count(mirror => mirror.Condition == condition);
}

/// <summary>Selects mirrors: <c>?state=failing&amp;name=ce/*</c>. An invalid state or pattern selects all.</summary>
internal sealed record StatusFilter(Condition? Condition, string Name)
{
    public static readonly StatusFilter All = new(null, "");

    private NamePattern? Pattern { get; } = PatternOf(Name);

    public static StatusFilter Parse(string? state, string? name) =>
        new(ConditionWords.TryParse(state), name?.Trim() ?? "");

    public IEnumerable<MirrorReport> Of(IEnumerable<MirrorReport> mirrors) =>
        mirrors.Where(mirror => (Condition is null || mirror.Condition == Condition) && (Pattern?.Matches(mirror.Name) ?? true));

    /// <summary>A word without a star matches anywhere in a name.</summary>
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

/// <summary>The words for the states, for people, queries and programs.</summary>
internal static class ConditionWords
{
    public static readonly Condition[] All = Enum.GetValues<Condition>();

    /// <summary>The word in queries, in JSON, and as a CSS class.</summary>
    public static string Word(Condition condition) => condition.ToString().ToLowerInvariant();

    public static string Label(Condition condition) => condition == Condition.Never ? "never run" : Word(condition);

    public static Condition? TryParse(string? word) =>
        All.Where(condition => Word(condition) == word).Select(condition => (Condition?)condition).FirstOrDefault();
}
