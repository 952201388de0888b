using Mirror.Functions.Output;
using Mirror.Mirroring;

namespace Mirror.Functions.Status;

/// <summary>The parts that all pages share.</summary>
internal static class PageFrame
{
    public static string Of(string title, Action<Html> content)
    {
        var html = new Html();
        html.Add($"<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, "
            + $"initial-scale=1\"><meta name=\"color-scheme\" content=\"light dark\"><title>{title}</title><style>");
        html.AddMarkup(StyleSheet.Text);
        html.AddMarkup("</style></head><body>");
        content(html);
        html.AddMarkup("</body></html>\n");
        return html.ToString();
    }

    /// <summary>The state in words, with a different mark for each, so that colour is not the only distinction.</summary>
    public static void AddBadge(Html html, Condition condition) =>
        html.Add($"<span class=\"badge {ConditionWords.Word(condition)}\"><span aria-hidden=\"true\">{Mark(condition)}</span> "
            + $"{ConditionWords.Label(condition)}</span>");

    public static void AddTime(Html html, DateTimeOffset at, DateTimeOffset now) =>
        html.Add($"<time datetime=\"{Iso8601.Of(at)}\" title=\"{Iso8601.Of(at)}\">{Quantity.Ago(at, now)}</time>");

    public static void AddProblem(Html html, string? problem)
    {
        if (problem is not null)
        {
            html.Add($"<div class=\"problem\" role=\"alert\"><strong>Something is wrong here.</strong> <span class=\"words\">"
                + $"{problem}</span></div>");
        }
    }

    public static void AddError(Html html, LedgerFailure error, DateTimeOffset now)
    {
        html.Add($"<p class=\"reason\"><strong>{error.Reason.Word}</strong>, ");
        AddTime(html, error.At, now);
        html.Add($"</p><p class=\"words\">{error.Message}</p>");
        if (error.NextAction is { } action)
        {
            html.Add($"<p class=\"next\"><strong>Next:</strong> {action}</p>");
        }
    }

    private static string Mark(Condition condition) => condition switch
    {
        Condition.Failing => "✕",
        Condition.Held => "‖",
        Condition.Behind => "↓",
        Condition.Never => "○",
        _ => "✓",
    };
}
