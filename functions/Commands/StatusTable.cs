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

    /// <summary>Cuts the middle out of every long word, which keeps a URL's host and the end of a path, and then the end off what is
    /// still too long.</summary>
    internal static string Shortened(string message)
    {
        var line = string.Join(' ', message.Split(' ').Select(word =>
            word.Length > MaxWordSize ? $"{word[..WordStartSize]}…{word[^(MaxWordSize - WordStartSize - 1)..]}" : word));
        return line.Length > MaxMessageSize ? $"{line[..MaxMessageSize]}…" : line;
    }
}
