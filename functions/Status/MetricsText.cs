using System.Globalization;
using System.Text;
using Mirror.Git;

namespace Mirror.Functions.Status;

/// <summary>The status in the text format of Prometheus, version 0.0.4: prometheus.io/docs/instrumenting/exposition_formats.</summary>
internal static class MetricsText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    public static string Of(StatusView view)
    {
        var text = new StringBuilder();
        AddFamily(text, "mirror_status_complete",
            "1 where settings and configuration are complete and the stores could be read; else some of the rest may be missing, or of an "
            + "earlier time.", [new([], view.Problem is null ? 1 : 0)]);
        AddMirrors(text, view, "mirror_up", "1 where the last run went well.",
            mirror => mirror.Condition is Condition.Ok or Condition.Behind ? 1 : 0);
        AddMirrors(text, view, "mirror_proven_seconds", "When the destination was last proven equal, in seconds since 1970.",
            mirror => mirror.Proven?.ToUnixTimeSeconds());
        AddMirrors(text, view, "mirror_lag_seconds", "How old the oldest thing is that may be missing at the destination.",
            mirror => (long?)mirror.Lag?.TotalSeconds);
        AddMirrors(text, view, "mirror_objective_seconds", "How old that may be, as the configuration says.",
            mirror => (long)mirror.Objective.TotalSeconds);
        AddMirrors(text, view, "mirror_chain_bytes", "Bytes of all bundles of the chain.", mirror => mirror.Chain?.Size);
        AddMirrors(text, view, "mirror_sequence", "The last bundle that was produced, or consumed.", mirror => mirror.Sequence);
        // The poison queues of other apps are in their own metrics.
        AddFamily(text, "mirror_poison_messages", "Messages that were put aside.",
            view.Poison.Where(queue => queue.App is null).Select(queue => new Sample([("queue", queue.Queue)], queue.Count)));
        AddCounters(text, view);
        return text.ToString();
    }

    /// <summary>Counters since the records began. Their names end as Prometheus requires.</summary>
    private static void AddCounters(StringBuilder text, StatusView view)
    {
        var totals = view.Mirrors.SelectMany(mirror => mirror.Totals.Select(
            job => (Labels: new[] { ("mirror", mirror.Name), ("job", job.Job) }, job.Totals))).ToList();
        AddFamily(text, "mirror_runs_total", "Runs that have ended.", totals.SelectMany(each => each.Totals.Runs.Select(
            run => new Sample([.. each.Labels, ("outcome", run.Key.ToString().ToLowerInvariant())], run.Value))));
        AddFamily(text, "mirror_bytes_total", "Bytes of packs that were sent, or of objects that were written.",
            totals.Select(each => new Sample(each.Labels, each.Totals.Bytes)));
        AddFamily(text, "mirror_run_seconds_total", "How long all runs took together.",
            totals.Select(each => new Sample(each.Labels, (decimal)each.Totals.Elapsed.TotalSeconds)));
    }

    private static void AddMirrors(StringBuilder text, StatusView view, string name, string help, Func<MirrorReport, long?> value) =>
        AddFamily(text, name, help, view.Mirrors.Select(mirror => (mirror.Name, Value: value(mirror))).Where(
            sample => sample.Value is not null)
            .Select(sample => new Sample([("mirror", sample.Name)], sample.Value!.Value)));

    private static void AddFamily(StringBuilder text, string name, string help, IEnumerable<Sample> samples)
    {
        var type = name.EndsWith("_total", StringComparison.Ordinal) ? "counter" : "gauge";
        text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {help}\n# TYPE {name} {type}\n");
        foreach (var (labels, value) in samples)
        {
            var words = string.Join(',', labels.Select(label => $"{label.Name}=\"{Escaped(label.Value)}\""));
            text.Append(name).Append(words.Length == 0 ? "" : $"{{{words}}}").Append(CultureInfo.InvariantCulture, $" {value}\n");
        }
    }

    private static string Escaped(string value) =>
        Printable.Text(value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)
            .Replace("\n", "\\n", StringComparison.Ordinal));

    private sealed record Sample(IReadOnlyList<(string Name, string Value)> Labels, decimal Value);
}
