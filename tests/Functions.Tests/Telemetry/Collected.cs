namespace Mirror.Functions.Tests.Telemetry;

/// <summary>Attributes of anything.</summary>
internal sealed class Attributes(IEnumerable<Proto> pairs)
{
    // KeyValue: key 1, value 2. AnyValue: string 1, bool 2, int 3.
    private readonly Dictionary<string, string> _values = pairs.ToDictionary(
        pair => pair.Find(1)!.Value.Text,
        pair => pair.Find(2)!.Value.Find(1) is { } text ? text.Text : $"{pair.Find(2)!.Value.Find(3)?.Number}");

    public string? this[string name] => _values.GetValueOrDefault(name);
}

/// <summary>A span of <c>opentelemetry/proto/trace/v1/trace.proto</c>.</summary>
internal sealed class Span(Proto message)
{
    public string Trace => message.Find(1)!.Value.Hex;

    public string Id => message.Find(2)!.Value.Hex;

    public string Parent => message.Find(4)?.Hex ?? "";

    public string Name => message.Find(5)!.Value.Text;

    public Attributes Attributes { get; } = new(message.All(9));

    /// <summary>Status.code 2.</summary>
    public bool IsError => message.Find(15)?.Find(3)?.Number == 2;

    public string? StatusMessage => message.Find(15)?.Find(2)?.Text;
}

/// <summary>One point of a metric of <c>opentelemetry/proto/metrics/v1/metrics.proto</c>: a number, or how many a histogram has.</summary>
internal sealed record Point(string Metric, string Unit, double Value, Attributes Attributes)
{
    // Metric: name 1, unit 3; gauge 5, sum 7, histogram 9, of which each has its points in 1.
    public static IEnumerable<Point> In(Proto metric) =>
        metric.All(5).Concat(metric.All(7)).SelectMany(data => data.All(1))
            .Select(point => Of(metric, point.Find(4)?.Double ?? point.Find(6)?.Number ?? 0, point.All(7)))
            .Concat(metric.All(9).SelectMany(data => data.All(1)).Select(point => Of(metric, point.Find(4)!.Value.Number, point.All(9))));

    private static Point Of(Proto metric, double value, IEnumerable<Proto> attributes) =>
        new(metric.Find(1)!.Value.Text, metric.Find(3)?.Text ?? "", value, new Attributes(attributes));
}
