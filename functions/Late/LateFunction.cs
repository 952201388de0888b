using Mirror.Functions.Output;
using Mirror.Functions.Serving;
using Mirror.Functions.Status;

namespace Mirror.Functions.Late;

/// <summary>Timer: one line in the log for each mirror whose lag is more than its objective, on which an alert can be set. It is the lag of
/// the status page, so that the page and the alert agree.</summary>
internal sealed class LateFunction(StatusReader reader, HostLog log)
{
    // What an alert by mail can show; the page has them all.
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

    /// <summary>Names and order are a promise: the alert reads it.</summary>
    private static string LineOf(MirrorReport mirror) => JsonLine.Of(json =>
    {
        json.WriteString("late", mirror.Name);
        json.WriteNumber("lag_seconds", (long)mirror.Lag!.Value.TotalSeconds);
        json.WriteNumber("objective_seconds", (long)mirror.Objective.TotalSeconds);
        json.WriteString("proven", mirror.Proven is { } proven ? Iso8601.Of(proven) : null);
        json.WriteString("reason", mirror.Error is { } error ? $"{error.Reason}" : null);
    });
}
