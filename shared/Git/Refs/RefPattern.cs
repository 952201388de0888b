using System.Text;

namespace Mirror.Git;

/// <summary>One side of a refspec: a full ref name, or one with a single <c>*</c> that stands for any text, slashes included.</summary>
public sealed record RefPattern
{
    private readonly string _prefix;
    private readonly string _suffix;

    // The same texts as UTF-8, as names are on the wire.
    private readonly byte[] _prefixUtf8;
    private readonly byte[] _suffixUtf8;

    private RefPattern(string text)
    {
        Text = text;
        var star = text.IndexOf('*', StringComparison.Ordinal);
        HasStar = star >= 0;
        _prefix = HasStar ? text[..star] : text;
        _suffix = HasStar ? text[(star + 1)..] : "";
        (_prefixUtf8, _suffixUtf8) = (Encoding.UTF8.GetBytes(_prefix), Encoding.UTF8.GetBytes(_suffix));
    }

    public string Text { get; }

    public bool HasStar { get; }

    /// <summary>The text that every matching name begins with: a <c>ref-prefix</c> of protocol v2.</summary>
    public string Prefix => _prefix;

    /// <summary>Reads a pattern. A name without <c>refs/</c> is a branch, as in <c>git push origin main</c>.</summary>
    public static RefPattern Parse(string text)
    {
        var full = text.StartsWith("refs/", StringComparison.Ordinal) ? text : $"refs/heads/{text}";
        if (text.Count('*') > 1)
        {
            throw new FormatException($"'{text}' has more than one '*'");
        }
        return RefName.IsWellFormed(full, asPattern: true)
            ? new RefPattern(full)
            : throw new FormatException($"'{text}' is not a ref name or pattern");
    }

    public bool Matches(RefName name) => Matches(name.Utf8);

    internal bool Matches(ReadOnlySpan<byte> name) => HasStar
        ? name.Length >= _prefixUtf8.Length + _suffixUtf8.Length && name.StartsWith(_prefixUtf8) && name.EndsWith(_suffixUtf8)
        : name.SequenceEqual(_prefixUtf8);

    internal bool Matches(string name) => HasStar
        ? name.Length >= _prefix.Length + _suffix.Length
            && name.StartsWith(_prefix, StringComparison.Ordinal)
            && name.EndsWith(_suffix, StringComparison.Ordinal)
        : name == Text;

    /// <summary>Whether this matches every name that <paramref name="other"/> matches.</summary>
    internal bool Covers(RefPattern other) => other.HasStar
        ? HasStar && other._prefix.StartsWith(_prefix, StringComparison.Ordinal)
            && other._suffix.EndsWith(_suffix, StringComparison.Ordinal)
        : Matches(other.Text);

    /// <summary>Whether there are names that both match.</summary>
    internal bool Overlaps(RefPattern other) => HasStar && other.HasStar
        ? (_prefix.StartsWith(other._prefix, StringComparison.Ordinal) || other._prefix.StartsWith(_prefix, StringComparison.Ordinal))
            && (_suffix.EndsWith(other._suffix, StringComparison.Ordinal) || other._suffix.EndsWith(_suffix, StringComparison.Ordinal))
        : Covers(other) || other.Covers(this);

    /// <summary>What the star stands for in a name that matches.</summary>
    internal ReadOnlySpan<char> Captured(string name) =>
        HasStar ? name.AsSpan(_prefix.Length, name.Length - _prefix.Length - _suffix.Length) : default;

    /// <summary>Puts <paramref name="captured"/> in the star's place. The result may be an invalid name.</summary>
    internal string Fill(ReadOnlySpan<char> captured) => HasStar ? string.Concat(_prefix, captured, _suffix) : Text;

    public bool Equals(RefPattern? other) => other is not null && Text == other.Text;

    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => Text;
}
