namespace Mirror.Functions.Output;

/// <summary>Text for a terminal, or for a log.</summary>
internal static class Printed
{
    private static readonly char[] LineEnds = ['\r', '\n', '\v', '\f', '\u0085', '\u2028', '\u2029'];

    /// <summary>Without what would steer a terminal: git allows U+009B in a ref name, and a key in a bucket says what it likes.</summary>
    public static string Clean(string line) => string.Concat(line.Where(c => !char.IsControl(c) || c is '\n' or '\t'));

    /// <summary>As one line, since a log takes each line for an entry of its own: else
    /// whoever chooses a name could write what entries he likes.</summary>
    public static string Line(string text) =>
        string.Join(" | ", text.Split(LineEnds, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(Clean));
}
