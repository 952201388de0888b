using System.Text;
using Mirror.Age.Format;

namespace Mirror.Age.Signatures;

/// <summary>OpenSSH's PEM: no headers, base64 in lines of 70 characters. Lines of another length are read too.</summary>
internal static class SshArmor
{
    private const int LineSize = 70;

    public static string Encode(string label, ReadOnlySpan<byte> blob)
    {
        var lines = Convert.ToBase64String(blob).Chunk(LineSize).Select(line => $"{new string(line)}\n");
        return $"{Begin(label)}{string.Concat(lines)}{End(label)}\n";
    }

    /// <summary>The bytes between the two marks, or null if the text is anything else. Its last line may lack a line end.</summary>
    public static byte[]? TryDecode(string label, string text)
    {
        var (begin, end) = (Begin(label), End(label));
        var body = text.EndsWith('\n') ? text.AsSpan()[..^1] : text;
        var isMarked = body.StartsWith(begin, StringComparison.Ordinal) && body.EndsWith($"\n{end}", StringComparison.Ordinal);
        if (!isMarked || body.Length < begin.Length + end.Length)
        {
            return null;
        }
        var base64 = Encoding.UTF8.GetBytes(body[begin.Length..^end.Length].ToString().Replace("\n", "", StringComparison.Ordinal));
        var blob = new byte[base64.Length];
        return CanonicalBase64.TryDecode(base64, blob, out var size) ? blob[..size] : null;
    }

    private static string Begin(string label) => $"-----BEGIN {label}-----\n";

    private static string End(string label) => $"-----END {label}-----";
}
