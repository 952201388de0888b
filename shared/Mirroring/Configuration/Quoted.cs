namespace Mirror.Mirroring;

/// <summary>Quotes text from outside in an error: printable, on one line, and cut if it is long.</summary>
internal static class Quoted
{
    private const int MaxSize = 80;

    public static string Value(string text) => $"'{Printable(text, MaxSize)}'";

    public static string Printable(string text, int maxSize)
    {
        var shown = text.Length > maxSize ? string.Concat(text.AsSpan(0, maxSize), "…") : text;
        return string.Create(shown.Length, shown, static (span, source) =>
        {
            for (var i = 0; i < span.Length; i++)
            {
                span[i] = char.IsControl(source[i]) || char.IsSurrogate(source[i]) ? '?' : source[i];
            }
        });
    }
}
