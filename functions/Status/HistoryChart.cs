using Mirror.Functions.Output;
using Mirror.Mirroring;

namespace Mirror.Functions.Status;

/// <summary>Charts of a mirror's history: inline SVG with the colours of the style sheet.</summary>
internal static class HistoryChart
{
    private const int Width = 640;
    private const int Height = 160;

    // Room for the labels on the left and below.
    private const int Left = 84;
    private const int Right = 8;
    private const int Top = 10;
    private const int Bottom = 22;

    // More bars would be too thin to distinguish.
    private const int MaxBars = 60;

    // A single bar must not fill the page, and the labels of the first and last bar need room.
    private const int MinBars = 6;

    /// <summary>The sequence over time, and the failed runs.</summary>
    public static void AddSequences(Html html, MirrorReport mirror, DateTimeOffset now)
    {
        var points = mirror.Bundles.Select(bundle => (At: bundle.Written, bundle.Sequence))
            .Concat(mirror.Runs.Where(run => run.Run is { Failure: null, Sequence: not null }).Select(
                run => (run.Run.At, Sequence: run.Run.Sequence!.Value)))
            .OrderBy(point => point.At).ThenBy(point => point.Sequence).ToList();
        if (points.Count == 0)
        {
            return;
        }
        var failed = mirror.Runs.Where(run => run.Run.Failure is not null).Select(run => run.Run.At).ToList();
        var axes = new Axes(failed.Append(points[0].At).Min(), now, points.Min(point => point.Sequence),
            points.Max(point => point.Sequence));
        var label = $"Sequence {points[0].Sequence} {Quantity.Ago(points[0].At, now)}, {points[^1].Sequence} "
            + $"{Quantity.Ago(points[^1].At, now)}; {Quantity.Of(failed.Count, "recorded run")} failed or held";
        html.Add($"<section><h2>Sequence over time</h2><svg viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-label=\"{label}\">");
        AddAxes(html, ($"{axes.High}", $"{axes.Low}"), (Quantity.Ago(axes.First, now), "now"));
        AddSteps(html, [.. points.Select(point => (axes.X(point.At), axes.Y(point.Sequence)))]);
        foreach (var at in failed)
        {
            html.Add($"<circle class=\"failing\" cx=\"{axes.X(at)}\" cy=\"{Height - Bottom}\" r=\"4\"><title>did not go well, "
                + $"{Iso8601.Of(at)}</title></circle>");
        }
        html.AddMarkup("</svg></section>");
    }

    /// <summary>The size of each bundle of the chain, or, on a side without a chain, of each run's transfer.</summary>
    public static void AddSizes(Html html, MirrorReport mirror)
    {
        var bars = mirror.Bundles.Count > 0
            ? mirror.Bundles.Select(bundle => new Bar(bundle.Size, bundle.Kind == BundleKind.Full ? "full" : "delta",
                $"sequence {bundle.Sequence}")).ToList()
            : mirror.Runs.Reverse().Where(run => run.Run.Bytes > 0).Select(run => new Bar(run.Run.Bytes, "delta", Iso8601.Of(run.Run.At)))
                .ToList();
        if (bars.Count == 0)
        {
            return;
        }
        var shown = bars.TakeLast(MaxBars).ToList();
        var highest = Math.Max(shown.Max(bar => bar.Size), 1);
        var step = (double)(Width - Left - Right) / Math.Max(shown.Count, MinBars);
        html.Add($"<section><h2>{(mirror.Bundles.Count > 0 ? "Bytes per bundle" : "Bytes per run")}</h2><svg viewBox=\"0 0 {Width} "
            + $"{Height}\" role=\"img\" aria-label=\"{$"{Quantity.Of(shown.Count, "bar")}, the largest of {Quantity.Bytes(highest)}"}\">");
        AddAxes(html, (Quantity.Bytes(highest), "0"), (shown[0].Name, shown.Count >= MinBars ? shown[^1].Name : ""));
        for (var i = 0; i < shown.Count; i++)
        {
            // Every bar is visible, even a very small one.
            var height = Math.Max((double)shown[i].Size / highest * (Height - Top - Bottom), 1.5);
            html.Add($"<rect class=\"{shown[i].Kind}\" x=\"{Left + (i * step) + 1}\" y=\"{Height - Bottom - height}\" "
                + $"width=\"{Math.Max(step - 2, 1)}\" height=\"{height}\"><title>{shown[i].Name}: {shown[i].Kind}, "
                + $"{Quantity.Bytes(shown[i].Size)}</title></rect>");
        }
        html.AddMarkup("</svg>");
        if (mirror.Bundles.Count > 0)
        {
            html.AddMarkup("<p class=\"legend\"><span class=\"key full\"></span> full <span class=\"key delta\"></span> delta</p>");
        }
        html.AddMarkup("</section>");
    }

    private static void AddAxes(Html html, (string High, string Low) y, (string First, string Last) x) => html.Add(
        $"<path class=\"axis\" d=\"M{Left} {Top}V{Height - Bottom}H{Width - Right}\"/><text x=\"{Left - 6}\" y=\"{Top + 8}\" "
        + $"text-anchor=\"end\">{y.High}</text><text x=\"{Left - 6}\" y=\"{Height - Bottom}\" text-anchor=\"end\">{y.Low}</text><text "
        + $"x=\"{Left}\" y=\"{Height - 6}\">{x.First}</text><text x=\"{Width - Right}\" y=\"{Height - 6}\" text-anchor=\"end\">"
        + $"{x.Last}</text>");

    /// <summary>A sequence lasts until the next one, and the last one until now.</summary>
    private static void AddSteps(Html html, IReadOnlyList<(double X, double Y)> points)
    {
        html.Add($"<path class=\"line\" d=\"M{points[0].X} {points[0].Y}");
        foreach (var (x, y) in points.Skip(1))
        {
            html.Add($"H{x}V{y}");
        }
        html.Add($"H{(double)(Width - Right)}\"/>");
        foreach (var (x, y) in points)
        {
            html.Add($"<circle class=\"point\" cx=\"{x}\" cy=\"{y}\" r=\"3\"/>");
        }
    }

    private sealed record Bar(long Size, string Kind, string Name);

    private sealed record Axes(DateTimeOffset First, DateTimeOffset Last, long Least, long High)
    {
        /// <summary>One below the first sequence, so that even a single one is above the axis.</summary>
        public long Low => Math.Max(Least - 1, 0);

        public double X(DateTimeOffset at) => Left + (Math.Clamp((at - First) / Max(Last - First), 0, 1) * (Width - Left - Right));

        public double Y(long sequence) => Height - Bottom - ((double)(sequence - Low) / Math.Max(High - Low, 1) * (Height - Top - Bottom));

        private static TimeSpan Max(TimeSpan span) => span > TimeSpan.FromSeconds(1) ? span : TimeSpan.FromSeconds(1);
    }
}
