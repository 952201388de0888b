using Mirror.Functions.Output;
using Mirror.Functions.Poison;

namespace Mirror.Functions.Status;

/// <summary>The overview: every mirror in one table, the worst first. On a narrow screen each row is a card.</summary>
internal static class StatusPage
{
    // The mirror's own page shows the whole message.
    private const int MaxMessageSize = 240;

    public static string Of(StatusView view, StatusFilter filter, StatusLinks links) => PageFrame.Of(Title(view), html =>
    {
        html.AddMarkup("<header><h1>Mirrors</h1><p class=\"asof\">as of ");
        html.Add($"<time datetime=\"{Iso8601.Of(view.At)}\">"
            + $"{view.At.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", System.Globalization.CultureInfo.InvariantCulture)} UTC</time></p>"
            + $"</header><main>");
        PageFrame.AddProblem(html, view.Problem);
        AddPoison(html, view.Poison, links);
        AddStates(html, view, filter, links);
        AddForm(html, filter, links);
        AddTable(html, view, [.. filter.Of(view.Mirrors)], links);
        html.Add($"</main><footer><a href=\"{links.Json}\">JSON</a> <a href=\"{links.Metrics}\">Metrics</a> <span>Lag: how old the oldest "
            + $"thing is that may be missing at the destination. Behind: a lag of more than the objective.</span></footer>");
    });

    private static string Title(StatusView view) => (view.CountOf(Condition.Failing), view.Problem) switch
    {
        (_, not null) => "Mirrors: something is wrong",
        ( > 0 and var failing, _) => $"Mirrors: {failing} failing",
        _ => "Mirrors",
    };

    private static void AddStates(Html html, StatusView view, StatusFilter filter, StatusLinks links)
    {
        html.AddMarkup("<nav aria-label=\"States\"><ul class=\"states\">");
        AddState(html, links, filter with { Condition = null }, filter, ("all", "all", view.Mirrors.Count));
        foreach (var condition in ConditionWords.All)
        {
            AddState(html, links, filter with { Condition = condition }, filter,
                (ConditionWords.Word(condition), ConditionWords.Label(condition), view.CountOf(condition)));
        }
        html.AddMarkup("</ul></nav>");
    }

    private static void AddState(Html html, StatusLinks links, StatusFilter target, StatusFilter current,
        (string Word, string Label, int Count) state)
    {
        var isCurrent = target.Condition == current.Condition;
        html.Add($"<li><a class=\"state {state.Word}{(state.Count == 0 ? " none" : "")}\" href=\"{links.Overview(target)}\"");
        html.AddMarkup(isCurrent ? " aria-current=\"true\">" : ">");
        html.Add($"<b>{state.Count}</b> {state.Label}</a></li>");
    }

    private static void AddForm(Html html, StatusFilter filter, StatusLinks links)
    {
        html.Add($"<form method=\"get\" action=\"{StatusLinks.Root}\" role=\"search\"><label for=\"name\">Name</label><input id=\"name\" "
            + $"name=\"name\" type=\"search\" value=\"{filter.Name}\" placeholder=\"group/*\" autocomplete=\"off\">");
        if (filter.Condition is { } condition)
        {
            html.Add($"<input type=\"hidden\" name=\"state\" value=\"{ConditionWords.Word(condition)}\">");
        }
        if (links.Code is { } code)
        {
            html.Add($"<input type=\"hidden\" name=\"code\" value=\"{code}\">");
        }
        html.AddMarkup("<button>Filter</button>");
        if (filter != StatusFilter.All)
        {
            html.Add($" <a href=\"{links.Overview(StatusFilter.All)}\">Show all</a>");
        }
        html.AddMarkup("</form>");
    }

    private static void AddPoison(Html html, IReadOnlyList<PoisonedQueue> poison, StatusLinks links)
    {
        foreach (var queue in poison.Where(queue => queue.Count > 0))
        {
            html.Add($"<div class=\"problem\"><strong>{Quantity.Of(queue.Count, "message")} put aside</strong> in "
                + $"{queue.Queue}{(queue.App is null ? "" : $" of the app {queue.App}")}");
            foreach (var reason in queue.Reasons)
            {
                html.Add($"<p class=\"words\">{reason.Count} × {reason.Text}</p>");
            }
            if (queue.App is null)
            {
                html.Add($"<form method=\"post\" action=\"{links.PutBack(queue.Queue)}\"><button>Put back</button></form>");
            }
            html.AddMarkup("</div>");
        }
    }

    // The rows have explicit ARIA roles, since screen readers would not see a row that is styled as a card as a row.
    private static void AddTable(Html html, StatusView view, IReadOnlyList<MirrorReport> mirrors, StatusLinks links)
    {
        if (mirrors.Count == 0)
        {
            html.AddMarkup(view.Mirrors.Count == 0 ? "<p class=\"empty\">No mirror is "
                + "known.</p>" : "<p class=\"empty\">No mirror matches.</p>");
            return;
        }
        html.Add($"<table role=\"table\"><caption>{Quantity.Of(mirrors.Count, "mirror")}, the worst first</caption><thead "
            + $"role=\"rowgroup\"><tr role=\"row\"><th role=\"columnheader\" scope=\"col\">Mirror</th><th role=\"columnheader\" "
            + $"scope=\"col\">State</th><th role=\"columnheader\" scope=\"col\">Proven equal</th><th role=\"columnheader\" scope=\"col\">"
            + $"Lag</th><th role=\"columnheader\" scope=\"col\">Chain</th></tr></thead><tbody role=\"rowgroup\">");
        foreach (var mirror in mirrors)
        {
            AddRow(html, mirror, view.At, links);
        }
        html.AddMarkup("</tbody></table>");
    }

    private static void AddRow(Html html, MirrorReport mirror, DateTimeOffset now, StatusLinks links)
    {
        var hasWords = mirror.Error is not null || mirror.Faults.Count > 0;
        html.Add($"<tr role=\"row\" class=\"{ConditionWords.Word(mirror.Condition)}{(hasWords ? " more" : "")}\"><th role=\"rowheader\" "
            + $"scope=\"row\"><a href=\"{links.Mirror(mirror.Name)}\">{mirror.Name}</a></th><td role=\"cell\" data-of=\"State\">");
        PageFrame.AddBadge(html, mirror.Condition);
        html.AddMarkup("</td><td role=\"cell\" data-of=\"Proven equal\">");
        AddProven(html, mirror, now);
        html.AddMarkup("</td><td role=\"cell\" data-of=\"Lag\">");
        AddLag(html, mirror);
        html.Add($"</td><td role=\"cell\" data-of=\"Chain\">{ChainText(mirror)}</td></tr>");
        if (hasWords)
        {
            AddWords(html, mirror, now);
        }
    }

    private static void AddWords(Html html, MirrorReport mirror, DateTimeOffset now)
    {
        html.Add($"<tr role=\"row\" class=\"why {ConditionWords.Word(mirror.Condition)}\"><td role=\"cell\" colspan=\"5\">");
        foreach (var fault in mirror.Faults)
        {
            html.Add($"<p class=\"words\">{fault}</p>");
        }
        if (mirror.Error is { } error)
        {
            var shown = error.Message.Length > MaxMessageSize ? error with { Message = $"{error.Message[..MaxMessageSize]}…" } : error;
            PageFrame.AddError(html, shown, now);
        }
        html.AddMarkup("</td></tr>");
    }

    public static void AddProven(Html html, MirrorReport mirror, DateTimeOffset now)
    {
        if (mirror.Proven is { } proven)
        {
            PageFrame.AddTime(html, proven, now);
            return;
        }
        html.AddMarkup("never");
    }

    public static void AddLag(Html html, MirrorReport mirror)
    {
        if (mirror.Lag is not { } lag)
        {
            html.AddMarkup("<span class=\"unknown\">unknown</span>");
            return;
        }
        if (mirror.IsLate)
        {
            html.Add($"<span class=\"late\">{Quantity.Span(lag)}, more than {Quantity.Exactly(mirror.Objective)}</span>");
            return;
        }
        html.Add($"<span class=\"intime\">{Quantity.Span(lag)} of {Quantity.Exactly(mirror.Objective)}</span>");
    }

    public static string ChainText(MirrorReport mirror)
    {
        string[] parts =
        [
            mirror.Sequence is { } sequence ? $"sequence {sequence}" : "",
            mirror.Chain is { } chain
                ? $"{chain.FullCount} full + {Quantity.Of(chain.DeltaCount, "delta")}, {Quantity.Bytes(chain.Size)}"
                : "",
            mirror.BehindCount > 0 ? $"{Quantity.Of(mirror.BehindCount, "bundle")} to come" : "",
        ];
        return string.Join(" · ", parts.Where(part => part.Length > 0)) is { Length: > 0 } text ? text : "–";
    }
}
