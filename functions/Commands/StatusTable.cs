using Mirror.Functions.Jobs;
using Mirror.Functions.Output;
using Mirror.Functions.Status;
using Mirror.Git;
using Mirror.Mirroring;

namespace Mirror.Functions.Commands;

/// <summary>
/// The table of <c>mirror status</c>: a line for each mirror, the worst first. States and lag are the same as on the status page.
/// </summary>
internal static class StatusTable
{
    // The limit of an error's message; -v shows all of it.
    private const int MaxMessageSize = 100;

    // The limit of a path or URL in a message, so that the cause after it is still visible.
    private const int MaxWordSize = 40;
    private const int WordStartSize = 15;
    private const int MinWordEndSize = 12;

    private static readonly string[] Headings = ["MIRROR", "STATE", "LAG", "PROVEN", "SEQUENCE", "LAST ERROR"];

    /// <summary>A report about the jobs that have left records or ledgers here, since a command line has no roles.</summary>
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

    /// <summary>Shortens long paths in the middle, keeping their ends and the host of a URL.
    /// Then cuts the end, if the text is still too long.</summary>
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

    /// <summary>The index after the slash where the path of a URL begins; 0 if the word is not a URL.</summary>
    private static int PathStart(string word)
    {
        var host = word.IndexOf("://", StringComparison.Ordinal) + "://".Length;
        return host < "://".Length ? 0
            : word.IndexOf('/', host) is >= 0 and var path ? path + 1
            : word.Length;
    }

    /// <summary>The index at which to cut, or the one before, so that no surrogate pair is split.</summary>
    private static int WholeSigns(string text, int index) =>
        char.IsLowSurrogate(text[index]) && char.IsHighSurrogate(text[index - 1]) ? index - 1 : index;
}
