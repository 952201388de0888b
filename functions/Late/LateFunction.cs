using Mirror.Functions.Output;
using Mirror.Functions.Serving;
using Mirror.Functions.Status;

namespace Mirror.Functions.Late;

/// <summary>Timer: writes a log line for each mirror whose lag exceeds its objective, on which you can set an alert. It uses the lag of
/// the status page, so that page and alert agree.</summary>
internal sealed class LateFunction(StatusReader reader, HostLog log)
{
    // As many as an alert mail can show; the page has all of them.
    private const int MaxLines = 100;

    public async Task RunAsync(CancellationToken cancellation)
    {
        var view = await reader.ReadAsync(cancellation);
        if (view.Problem is { } problem)
        {
            log.Warn($"warning: mirrors may be late without being named here: {problem}");
        }
        MirrorReport[] late = [.. view.Mirrors.Where(mirror => mirror.IsLate).OrderByDescending(mirror => mirror.Lag)];
        foreach (var mirror in late.Take(MaxLines))
        {
            log.Say(LineOf(mirror));
        }
        if (late.Length > MaxLines)
        {
            log.Warn($"warning: {Quantity.Of(late.Length - MaxLines, "more mirror")} with a lag of more than the objective");
        }
    }

    /// <summary>Names and order must not change, since alerts parse them.</summary>
    private static string LineOf(MirrorReport mirror) => JsonLine.Of(json =>
    {
        json.WriteString("late", mirror.Name);
        json.WriteNumber("lag_seconds", (long)mirror.Lag!.Value.TotalSeconds);
        json.WriteNumber("objective_seconds", (long)mirror.Objective.TotalSeconds);
        json.WriteString("proven", mirror.Proven is { } proven ? Iso8601.Of(proven) : null);
        json.WriteString("reason", mirror.Error is { } error ? $"{error.Reason}" : null);
    });
}
