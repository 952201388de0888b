using Mirror.Functions.Output;
using Mirror.Mirroring;

namespace Mirror.Functions.Status;

/// <summary>The page of one mirror: charts of its history, its runs, and its complete errors.</summary>
internal static class MirrorPage
{
    public static string Of(MirrorReport mirror, StatusView view, StatusLinks links) =>
        PageFrame.Of($"{mirror.Name}: {ConditionWords.Label(mirror.Condition)}", html =>
    {
        html.Add($"<header><p><a href=\"{links.Overview(StatusFilter.All)}\">← All mirrors</a></p><h1>{mirror.Name}</h1></header><main>");
        PageFrame.AddProblem(html, view.Problem);
        AddFacts(html, mirror, view.At);
        AddErrors(html, mirror, view.At);
        HistoryChart.AddSequences(html, mirror, view.At);
        HistoryChart.AddSizes(html, mirror);
        AddRuns(html, mirror, view.At);
        html.AddMarkup("</main>");
    });

    /// <summary>The page for an unknown mirror.</summary>
    public static string NotThere(string name, StatusLinks links) => PageFrame.Of("No such mirror", html =>
        html.Add($"<header><p><a href=\"{links.Overview(StatusFilter.All)}\">← All mirrors</a></p><h1>No such mirror</h1></header><main><p>"
            + $"The configuration has no mirror called <b>{name}</b>, or it is not known yet.</p></main>"));

    private static void AddFacts(Html html, MirrorReport mirror, DateTimeOffset now)
    {
        html.AddMarkup("<dl class=\"facts\"><div><dt>State</dt><dd>");
        PageFrame.AddBadge(html, mirror.Condition);
        html.AddMarkup("</dd></div><div><dt>Last proven equal</dt><dd>");
        StatusPage.AddProven(html, mirror, now);
        html.AddMarkup("</dd></div><div><dt>Lag</dt><dd>");
        StatusPage.AddLag(html, mirror);
        html.Add($"</dd></div><div><dt>Objective</dt><dd>{Quantity.Exactly(mirror.Objective)}</dd></div><div><dt>Chain</dt><dd>"
            + $"{StatusPage.ChainText(mirror)}</dd></div>");
        if (mirror.SetAsideCount > 0)
        {
            html.Add($"<div><dt>Refused by the target</dt><dd>{Quantity.Refs(mirror.SetAsideCount)}</dd></div>");
        }
        html.AddMarkup("</dl>");
    }

    private static void AddErrors(Html html, MirrorReport mirror, DateTimeOffset now)
    {
        if (mirror.Error is null && mirror.Faults.Count == 0)
        {
            return;
        }
        html.Add($"<section class=\"error {ConditionWords.Word(mirror.Condition)}\"><h2>"
            + $"{(mirror.Errors.Count > 1 ? "Last errors, the cause first" : "Last error")}</h2>");
        foreach (var fault in mirror.Faults)
        {
            html.Add($"<p class=\"words\">{fault}</p>");
        }
        foreach (var error in mirror.Errors)
        {
            PageFrame.AddError(html, error, now);
        }
        html.AddMarkup("</section>");
    }

    private static void AddRuns(Html html, MirrorReport mirror, DateTimeOffset now)
    {
        html.AddMarkup("<section><h2>Recorded runs</h2>");
        if (mirror.Runs.Count == 0)
        {
            html.AddMarkup("<p class=\"empty\">None that did something.</p></section>");
            return;
        }
        html.AddMarkup("<table role=\"table\"><caption>Those that did something or failed, newest first</caption><thead role=\"rowgroup\">"
            + "<tr role=\"row\"><th role=\"columnheader\" scope=\"col\">When</th><th role=\"columnheader\" scope=\"col\">Job</th><th "
            + "role=\"columnheader\" scope=\"col\">Outcome</th><th role=\"columnheader\" scope=\"col\">Sequence</th><th "
            + "role=\"columnheader\" scope=\"col\">Size</th><th role=\"columnheader\" scope=\"col\">Took</th></tr></thead><tbody "
            + "role=\"rowgroup\">");
        foreach (var (job, run) in mirror.Runs)
        {
            AddRun(html, job, run, now);
        }
        html.AddMarkup("</tbody></table></section>");
    }

    private static void AddRun(Html html, string job, RecordedRun run, DateTimeOffset now)
    {
        var state = ConditionOf(run.Kind);
        html.Add($"<tr role=\"row\" class=\"{ConditionWords.Word(state)}{(run.Failure is null ? "" : " more")}\"><th role=\"rowheader\" "
            + $"scope=\"row\">");
        PageFrame.AddTime(html, run.At, now);
        html.Add($"</th><td role=\"cell\" data-of=\"Job\">{job}</td><td role=\"cell\" data-of=\"Outcome\"><span class=\"badge "
            + $"{ConditionWords.Word(state)}\">{run.Kind.ToString().ToLowerInvariant()}</span></td><td role=\"cell\" data-of=\"Sequence\">"
            + $"{(run.Sequence is { } sequence ? $"{sequence}" : "–")}</td><td role=\"cell\" data-of=\"Size\">"
            + $"{Quantity.Bytes(run.Bytes)}</td><td role=\"cell\" data-of=\"Took\">{Quantity.Time(run.Elapsed)}</td></tr>");
        if (run.Failure is { } failure)
        {
            html.Add($"<tr role=\"row\" class=\"why {ConditionWords.Word(state)}\"><td role=\"cell\" colspan=\"6\"><p class=\"words\">"
                + $"<strong>{failure.Reason.Word}</strong>: {failure.Message}</p></td></tr>");
        }
    }

    private static Condition ConditionOf(OutcomeKind kind) => kind switch
    {
        OutcomeKind.Failed => Condition.Failing,
        OutcomeKind.Held => Condition.Held,
        _ => Condition.Ok,
    };
}
