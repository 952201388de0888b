using Mirror.Git;

namespace Mirror.Functions.Serving;

/// <summary>What the Functions host makes its log of: a line of standard output is Information to it, one of standard error an error, or
/// a warning where it says "warning".</summary>
internal sealed record HostLog(Action<string> Say, Action<string> Warn)
{
    // The host takes what follows these for a message to itself.
    private static readonly string[] TheHostsOwn = ["LanguageWorkerConsoleLog", "azfuncjsonlog:"];

    public static HostLog To(TextWriter output, TextWriter error) =>
        new(text => output.WriteLine(Line(text)), text => error.WriteLine(Line(text)));

    /// <summary>Whatever is said goes to a log that others read.</summary>
    internal static string Line(string text)
    {
        var line = Printable.Line(Composition.Secrets.Redact(text)).TrimStart();
        return Array.Exists(TheHostsOwn, word => line.StartsWith(word, StringComparison.OrdinalIgnoreCase)) ? $"> {line}" : line;
    }
}
