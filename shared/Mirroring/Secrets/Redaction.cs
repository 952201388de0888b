using System.Collections.Immutable;
using System.Net;
using System.Text;
using System.Text.Encodings.Web;

namespace Mirror.Mirroring;

/// <summary>The values that must not be seen, in the forms that they take in URLs, headers and JSON.</summary>
internal sealed class Redaction
{
    /// <summary>What is shorter occurs in any text by chance: to replace it would
    /// wreck every message, and the gaps would tell it.</summary>
    internal const int MinSize = 4;

    private const string Stars = "***";

    private ImmutableHashSet<string> _values = [];

    public void Add(string value)
    {
        var forms = Forms(value).Where(form => form.Length >= MinSize).ToList();
        ImmutableInterlocked.Update(ref _values, static (values, added) => values.Union(added), forms);
    }

    /// <summary>Marks first and replaces then: two values that overlap would otherwise leave a piece of one.</summary>
    public string Apply(string text)
    {
        var spans = _values.SelectMany(value => Occurrences(text, value)).Order().ToList();
        if (spans.Count == 0)
        {
            return text;
        }
        var result = new StringBuilder();
        var position = 0;
        foreach (var (start, end) in spans)
        {
            if (start >= position)
            {
                result.Append(text, position, start - position).Append(Stars);
            }
            position = Math.Max(position, end);
        }
        return result.Append(text, position, text.Length - position).ToString();
    }

    private static IEnumerable<(int Start, int End)> Occurrences(string text, string value)
    {
        for (var at = text.IndexOf(value, StringComparison.Ordinal); at >= 0; at = text.IndexOf(value, at + 1, StringComparison.Ordinal))
        {
            yield return (at, at + value.Length);
        }
    }

    private static IEnumerable<string> Forms(string value)
    {
        // Of a key file, errors show single lines at most. Its comments and armour are no secret.
        var lines = value.Split('\n').Select(line => line.TrimEnd('\r'))
            .Where(line => !line.StartsWith('#') && !line.StartsWith("-----", StringComparison.Ordinal));
        foreach (var part in value.Contains('\n', StringComparison.Ordinal) ? lines.Append(value) : [value])
        {
            yield return part;
            yield return Uri.EscapeDataString(part);
            yield return Uri.EscapeDataString(part).ToLowerInvariant();
            yield return WebUtility.UrlEncode(part);
            yield return JavaScriptEncoder.Default.Encode(part);
            yield return JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(part);
            yield return UserInfo(part);
        }
    }

    /// <summary>As <see cref="Uri"/> writes it before the @: sub-delimiters stay as they are (RFC 3986, section 3.2.1).</summary>
    private static string UserInfo(string value) =>
        string.Concat(value.EnumerateRunes().Select(rune => "!$&'()*+,;=".Contains(rune.ToString(), StringComparison.Ordinal)
            ? rune.ToString()
            : Uri.EscapeDataString(rune.ToString())));
}
