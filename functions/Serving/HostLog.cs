using Mirror.Git;

namespace Mirror.Functions.Serving;

/// <summary>The log of the Functions host. A line on standard output becomes Information; one on standard error becomes an error, or a
/// warning if it contains "warning".</summary>
internal sealed record HostLog(Action<string> Say, Action<string> Warn)
{
    // The host takes lines with these prefixes for messages to itself.
    private static readonly string[] TheHostsOwn = ["LanguageWorkerConsoleLog", "azfuncjsonlog:"];

    public static HostLog To(TextWriter output, TextWriter error, Func<string, string> redact) =>
        new(text => output.WriteLine(Line(text, redact)), text => error.WriteLine(Line(text, redact)));

    /// <summary>Makes a line safe for a log that others read.</summary>
    internal static string Line(string text, Func<string, string> redact)
    {
        var line = Printable.Line(redact(text)).TrimStart();
        return Array.Exists(TheHostsOwn, word => line.StartsWith(word, StringComparison.OrdinalIgnoreCase)) ? $"> {line}" : line;
    }
}
