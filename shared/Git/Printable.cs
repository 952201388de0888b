using System.Buffers;
using System.Text;

namespace Mirror.Git;

/// <summary>
/// The only code that makes text printable. Ref names, keys in a bucket and server messages come from others. They must not control a
/// terminal, add lines to an output or a log, or appear in another order than they have.
/// </summary>
public static class Printable
{
    private const string Ends = "\n\r\v\f\u0085\u2028\u2029";

    // Unicode's bidirectional controls (UAX #9): embeddings, overrides, isolates, marks; and the deprecated format characters beside them.
    private static readonly SearchValues<char> Reordering = SearchValues.Create(
        [.. Range('\u202a', '\u202e'), .. Range('\u2066', '\u206f'), '\u200e', '\u200f', '\u061c', .. Range('\ufff9', '\ufffb')]);

    private static readonly SearchValues<char> LineEnds = SearchValues.Create(Ends);

    // C0, DEL and C1 controls, line ends, and the reordering characters above.
    private static readonly SearchValues<char> Unprintable = SearchValues.Create(
        [.. Range('\0', '\u001f'), .. Range('\u007f', '\u009f'), '\u2028', '\u2029', .. Range('\u202a', '\u202e'),
            .. Range('\u2066', '\u206f'), '\u200e', '\u200f', '\u061c', .. Range('\ufff9', '\ufffb')]);

    public static string Text(ReadOnlySpan<byte> utf8) => Text(Encoding.UTF8.GetString(utf8));

    /// <summary>Makes a name or other one-line text printable: tabs and line ends become spaces, other controls are dropped.</summary>
    public static string Text(string text)
    {
        if (!text.AsSpan().ContainsAny(Unprintable))
        {
            return text;
        }
        var printable = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            _ = !Unprintable.Contains(c) ? printable.Append(c)
                : c == '\t' || (LineEnds.Contains(c) && c != '\r') ? printable.Append(' ')
                : Reordering.Contains(c) ? printable.Append('\ufffd')
                : printable;
        }
        return printable.ToString();
    }

    /// <summary>
    /// Makes one line of a text that may have several, such as another program's output.
    /// With line breaks, its author could forge log entries.
    /// </summary>
    public static string Line(string text)
    {
        if (!text.AsSpan().ContainsAny(LineEnds))
        {
            return Text(text);
        }
        var lines = text.Split(Ends.ToCharArray()).Select(line => Text(line.TrimEnd())).Where(line => line.Length > 0).ToList();
        return string.Join(" | ", lines.Select((line, i) => i == 0 ? line : line.TrimStart()));
    }

    /// <summary>Makes our own multi-line text printable, such as a list of errors in a file. The lines stay.</summary>
    public static string Lines(string text) => string.Join('\n', text.Split('\n').Select(Text));

    /// <summary>Makes a JSON document printable. Unprintable characters only occur inside its strings,
    /// where they become escapes.</summary>
    public static string Json(string json)
    {
        if (!json.AsSpan().ContainsAny(Unprintable))
        {
            return json;
        }
        var escaped = new StringBuilder(json.Length);
        foreach (var c in json)
        {
            _ = Unprintable.Contains(c) ? escaped.Append($"\\u{(int)c:x4}") : escaped.Append(c);
        }
        return escaped.ToString();
    }

    /// <summary>Shows bytes that need not be text, such as a ref name in an unknown encoding: what is not ASCII as <c>\xNN</c>.</summary>
    public static string Escaped(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length);
        foreach (var b in bytes)
        {
            _ = b is >= 0x20 and < 0x7f ? text.Append((char)b) : text.Append($"\\x{b:x2}");
        }
        return text.ToString();
    }

    private static IEnumerable<char> Range(char first, char last) => Enumerable.Range(first, last - first + 1).Select(c => (char)c);
}
