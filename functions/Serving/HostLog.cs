using Mirror.Git;

namespace Mirror.Functions.Serving;

/// <summary>What the Functions host makes its log of: a line of standard output is Information to it, one of standard error an error, or
/// a warning where it says "warning".</summary>
internal sealed record HostLog(Action<string> Say, Action<string> Warn)
{
    // The host takes what follows these for a message to itself.
    private static readonly string[] TheHostsOwn = ["LanguageWorkerConsoleLog", "azfuncjsonlog:"];

    public static HostLog To(TextWriter output, TextWriter error, Func<string, string> redact) =>
        new(text => output.WriteLine(Line(text, redact)), text => error.WriteLine(Line(text, redact)));

    /// <summary>Whatever is said goes to a log that others read.</summary>
    internal static string Line(string text, Func<string, string> redact)
    {
        var line = Printable.Line(redact(text)).TrimStart();
        return Array.Exists(TheHostsOwn, word => line.StartsWith(word, StringComparison.OrdinalIgnoreCase)) ? $"> {line}" : line;
    }
}
