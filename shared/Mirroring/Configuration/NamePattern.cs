using System.Buffers;

namespace Mirror.Mirroring;

/// <summary>A glob over mirror names: <c>*</c> is any text, slashes included, and <c>?</c> any one character.</summary>
public sealed record NamePattern
{
    // Syntax of other globs. Taken literally it would match nothing, without an error.
    private static readonly SearchValues<char> Unsupported = SearchValues.Create("[]{}!\\");

    private NamePattern(string text) => Text = text;

    public string Text { get; }

    public static NamePattern Parse(string text) =>
        text.Length == 0 ? throw new FormatException("a pattern is empty")
        : text.AsSpan().ContainsAny(Unsupported) ? throw new FormatException($"{Quoted.Value(text)}: a pattern knows only * and ?")
        : new NamePattern(text);

    /// <summary>Backtracks to the last star only, so that no pattern takes exponential time.</summary>
    public bool Matches(string name)
    {
        var (at, i, star, resume) = (0, 0, -1, 0);
        while (i < name.Length)
        {
            if (at < Text.Length && Text[at] == '*')
            {
                (star, resume) = (at++, i);
            }
            else if (at < Text.Length && (Text[at] == '?' || Text[at] == name[i]))
            {
                (at, i) = (at + 1, i + 1);
            }
            else if (star >= 0)
            {
                (at, i) = (star + 1, ++resume);
            }
            else
            {
                return false;
            }
        }
        return Text.AsSpan(at).TrimStart('*').IsEmpty;
    }

    public override string ToString() => Text;
}
