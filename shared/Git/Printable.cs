using System.Buffers;
using System.Text;

namespace Mirror.Git;

/// <summary>
/// The one place that makes text printable. Names of refs, keys in a bucket and words of a server say what they like: they must not
/// steer a terminal, write lines of their own into an output or a log, or show themselves in another order than they have.
/// </summary>
public static class Printable
{
    private const string Ends = "\n\r\v\f\u0085\u2028\u2029";

    // Unicode's bidirectional controls (UAX #9): embeddings, overrides, isolates, marks; and the deprecated format characters beside them.
    private static readonly SearchValues<char> Reordering = SearchValues.Create(
        [.. Range('\u202a', '\u202e'), .. Range('\u2066', '\u206f'), '\u200e', '\u200f', '\u061c', .. Range('\ufff9', '\ufffb')]);

    private static readonly SearchValues<char> LineEnds = SearchValues.Create(Ends);

    // C0, DEL and C1, what ends a line, and what reorders it.
    private static readonly SearchValues<char> Unprintable = SearchValues.Create(
        [.. Range('\0', '\u001f'), .. Range('\u007f', '\u009f'), '\u2028', '\u2029', .. Range('\u202a', '\u202e'),
            .. Range('\u2066', '\u206f'), '\u200e', '\u200f', '\u061c', .. Range('\ufff9', '\ufffb')]);

    public static string Text(ReadOnlySpan<byte> utf8) => Text(Encoding.UTF8.GetString(utf8));

    /// <summary>A text that is one line by right, such as a name: what ends a line becomes a space.</summary>
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
    /// A text that may have lines, such as another program's words, as one line: with line breaks, its author could forge log entries.
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

    /// <summary>A text of our own that has lines, such as all that is wrong in a file: the lines stay.</summary>
    public static string Lines(string text) => string.Join('\n', text.Split('\n').Select(Text));

    /// <summary>A document of JSON: what is left of such characters stands in its strings, and becomes an escape.</summary>
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

    /// <summary>Bytes that need not be text at all, such as a ref name in an unknown encoding: what is not ASCII as <c>\xNN</c>.</summary>
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
