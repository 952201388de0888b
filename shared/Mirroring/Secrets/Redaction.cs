using System.Buffers;
using System.Collections.Immutable;
using System.Net;
using System.Text;
using System.Text.Encodings.Web;

namespace Mirror.Mirroring;

/// <summary>Redacts secret values, in the forms that they have in URLs, headers, JSON, HTML and base64.</summary>
internal sealed class Redaction
{
    /// <summary>Shorter values occur in any text by chance.
    /// Replacing them would make messages unreadable, and the gaps would reveal the value.</summary>
    internal const int MinSize = 4;

    /// <summary>Of fewer bytes, base64 has only four or five characters that depend on them alone, which occur by chance too.</summary>
    private const int MinEncodedSize = 6;

    private const string Stars = "***";

    private volatile Known _known = new([], []);

    /// <summary>Registers a value. A value is usually the same each time it is read, so its forms are made once.</summary>
    public void Add(string value)
    {
        if (_known.Values.Contains(value))
        {
            return;
        }
        var forms = Forms(value).Where(form => form.Length >= MinSize).ToList();
        Known before;
        Known after;
        do
        {
            before = _known;
            after = new Known(before.Values.Add(value), before.Forms.Union(forms));
        }
#pragma warning disable CS0420 // An interlocked operation on it is as volatile as any.
        while (Interlocked.CompareExchange(ref _known, after, before) != before);
#pragma warning restore CS0420
    }

    /// <summary>Whether the text has something in it that <see cref="Apply"/> would replace.</summary>
    public bool IsIn(string text) => _known.IsIn(text);

    /// <summary>Replaces all values. It marks all places first and replaces them afterwards, since of two overlapping values a piece
    /// would stay otherwise.</summary>
    public string Apply(string text)
    {
        var known = _known;
        if (!known.IsIn(text))
        {
            return text;
        }
        var result = new StringBuilder();
        var position = 0;
        foreach (var (start, end) in known.Forms.SelectMany(form => Occurrences(text, form)).Order())
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
        // Errors quote at most single lines of a key file. Its comments and armor lines are not secret.
        var lines = value.Split('\n').Select(line => line.TrimEnd('\r'))
            .Where(line => !line.StartsWith('#') && !line.StartsWith("-----", StringComparison.Ordinal));
        return (value.Contains('\n', StringComparison.Ordinal) ? lines.Append(value) : [value])
            .SelectMany(part => Escaped(part).Concat(InBase64(part)));
    }

    private static IEnumerable<string> Escaped(string part)
    {
        yield return part;
        yield return Uri.EscapeDataString(part);
        yield return LowerEscapes(Uri.EscapeDataString(part));
        yield return Uri.EscapeDataString(part).ToLowerInvariant();
        yield return WebUtility.UrlEncode(part);
        yield return UserInfoOf(part);
        yield return JavaScriptEncoder.Default.Encode(part);
        yield return JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(part);
        // The JSON escape of PHP.
        yield return part.Replace("/", "\\/", StringComparison.Ordinal);
        yield return WebUtility.HtmlEncode(part);
        yield return HtmlEncoder.Default.Encode(part);
    }

    /// <summary>The characters of the base64 form that do not depend on the bytes before and after, for each of the three possible
    /// offsets. So the value is also found in a longer text that was encoded as a whole.</summary>
    private static IEnumerable<string> InBase64(string part)
    {
        var bytes = Encoding.UTF8.GetBytes(part);
        if (bytes.Length < MinEncodedSize)
        {
            yield break;
        }
        for (var before = 0; before < 3; before++)
        {
            var encoded = Convert.ToBase64String([.. new byte[before], .. bytes]);
            // A base64 character has 6 bits. Characters with bits of neighbouring bytes are left out.
            var form = encoded[(before == 0 ? 0 : before + 1)..((before + bytes.Length) * 8 / 6)];
            yield return form;
            yield return form.Replace('+', '-').Replace('/', '_');
        }
    }

    private static string LowerEscapes(string escaped) => string.Create(escaped.Length, escaped, static (lower, escaped) =>
    {
        escaped.CopyTo(lower);
        for (var at = escaped.IndexOf('%', StringComparison.Ordinal); at >= 0; at = escaped.IndexOf('%', at + 1))
        {
            (lower[at + 1], lower[at + 2]) = (char.ToLowerInvariant(escaped[at + 1]), char.ToLowerInvariant(escaped[at + 2]));
        }
    });

    /// <summary>The form that <see cref="Uri"/> gives it before the @, with sub-delimiters unescaped (RFC 3986, section 3.2.1).</summary>
    private static string UserInfoOf(string value) =>
        string.Concat(value.EnumerateRunes().Select(rune => "!$&'()*+,;=".Contains(rune.ToString(), StringComparison.Ordinal)
            ? rune.ToString()
            : Uri.EscapeDataString(rune.ToString())));

    private sealed record Known(ImmutableHashSet<string> Values, ImmutableHashSet<string> Forms)
    {
        // One search for all values at once, since nearly all texts have none of them.
        private readonly Lazy<SearchValues<string>> _any = new(() => SearchValues.Create([.. Forms], StringComparison.Ordinal));

        public bool IsIn(string text) => Forms.Count > 0 && text.AsSpan().ContainsAny(_any.Value);
    }
}
