using System.Text;

namespace Mirror.Git;

/// <summary>Text from a remote, made safe to print: a server must not steer a terminal or forge a log line.</summary>
internal static class Printable
{
    public static string Text(ReadOnlySpan<byte> utf8) => Text(Encoding.UTF8.GetString(utf8));

    public static string Text(string text) =>
        text.AsSpan().IndexOfAnyInRange('\0', '\u001f') < 0 && text.AsSpan().IndexOfAnyInRange('\u007f', '\u009f') < 0
            ? text
            : string.Concat(text.Select(c => c is '\n' or '\t' ? " " : char.IsControl(c) ? "" : c.ToString()));

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
}
