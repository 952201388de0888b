using Mirror.Functions.Jobs;
using Mirror.Functions.Output;
using Mirror.Functions.Status;
using Mirror.Git;
using Mirror.Mirroring;

namespace Mirror.Functions.Commands;

/// <summary>
/// What <c>mirror status</c> shows: a line for each mirror, the worst first. States and lag are those of the status page.
/// </summary>
internal static class StatusTable
{
    // Of an error's message; -v has all of it.
    private const int MaxMessageSize = 100;

    // Of a path or a URL in it. What went wrong stands behind it.
    private const int MaxWordSize = 40;
    private const int WordStartSize = 15;
    private const int MinWordEndSize = 12;

    private static readonly string[] Headings = ["MIRROR", "STATE", "LAG", "PROVEN", "SEQUENCE", "LAST ERROR"];

    /// <summary>By the jobs that have left something here: a command line has no roles.</summary>
    public static MirrorReport Report(RememberedMirror mirror, ReportTerms terms) => MirrorReport.Of(
        mirror, terms with { Jobs = [.. MirrorLag.JobsOf(mirror).Select(job => Enum.Parse<JobKind>(job, ignoreCase: true))] });

    public static IEnumerable<string> Lines(IEnumerable<MirrorReport> reports, DateTimeOffset now)
    {
        string[][] rows =
        [
            Headings,
            .. reports.OrderBy(report => report.Condition).ThenByDescending(report => report.Lag)
                .ThenBy(report => report.Name, StringComparer.Ordinal).Select(report => Row(report, now)),
        ];
        int[] widths = [.. Headings.Select((_, column) => rows.Max(row => row[column].Length))];
        return rows.Select(row => string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
    }

    /// <summary>"3 mirrors: 1 failing, 2 ok".</summary>
    public static string Summary(IReadOnlyCollection<MirrorReport> reports)
    {
        var counts = reports.CountBy(report => report.Condition).OrderBy(count => count.Key)
            .Select(count => $"{count.Value} {Word(count.Key)}");
        return $"{Quantity.Of(reports.Count, "mirror")}: {string.Join(", ", counts)}";
    }

    private static string[] Row(MirrorReport report, DateTimeOffset now) =>
    [
        report.Name,
        Word(report.Condition),
        report.Lag is { } lag ? Quantity.Span(lag) : "-",
        report.Proven is { } proven ? Quantity.Ago(proven, now) : "never",
        report.Sequence is { } sequence ? $"{sequence}" : "-",
        Trouble(report),
    ];

    private static string Word(Condition condition) => condition == Condition.Behind ? "late" : condition.ToString().ToLowerInvariant();

    private static string Trouble(MirrorReport report)
    {
        var text = report.Faults is [var fault, ..] ? fault
            : report.Error is { } error ? $"{error.Reason.Word}: {error.Message}"
            : report.SetAsideCount > 0 ? $"{Quantity.Refs(report.SetAsideCount)} set aside"
            : "";
        return Shortened(Printable.Line(text));
    }

    /// <summary>Cuts the middle out of every long path, which keeps its end and the whole host of a URL, and then the end off what is
    /// still too long.</summary>
    internal static string Shortened(string message)
    {
        var line = string.Join(' ', message.Split(' ').Select(ShortenedWord));
        return line.Length > MaxMessageSize ? $"{line[..WholeSigns(line, MaxMessageSize)]}…" : line;
    }

    private static string ShortenedWord(string word)
    {
        var start = Math.Max(WordStartSize, PathStart(word));
        var end = word.Length - Math.Max(MaxWordSize - start - 1, MinWordEndSize);
        return word.Length > MaxWordSize && end > start + 1
            ? $"{word[..WholeSigns(word, start)]}…{word[WholeSigns(word, end)..]}"
            : word;
    }

    /// <summary>Where the path of a URL begins, behind its slash; 0 of what is none.</summary>
    private static int PathStart(string word)
    {
        var host = word.IndexOf("://", StringComparison.Ordinal) + "://".Length;
        return host < "://".Length ? 0
            : word.IndexOf('/', host) is >= 0 and var path ? path + 1
            : word.Length;
    }

    /// <summary>Where to cut, at an index or just before it: not between the two chars of one sign.</summary>
    private static int WholeSigns(string text, int index) =>
        char.IsLowSurrogate(text[index]) && char.IsHighSurrogate(text[index - 1]) ? index - 1 : index;
}
