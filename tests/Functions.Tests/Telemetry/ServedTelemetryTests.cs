using System.Diagnostics;
using Mirror.Functions.Tests.Serving;
using Mirror.Tests.Servers;

namespace Mirror.Functions.Tests.Telemetry;

/// <summary>What a Functions app tells a collector, for as long as it lives.</summary>
public sealed class ServedTelemetryTests
{
    [Theory]
    [InlineData("http/protobuf")]
    [InlineData("grpc")]
    public async Task A_call_is_a_span_within_the_hosts_trace_and_above_its_run(string protocol)
    {
        await using var collector = await Collector.StartAsync(protocol);
        await using var ping = new FakeServer(FakeAnswer.Ok("text/plain", []));
        var sides = await PartitionSides.CreateAsync();
        await File.AppendAllTextAsync(sides.Near.PathOf("mirror.yaml"), $"defaults: {{ ping_url: \"{ping.Url}/k3y\" }}\n");
        collector.Connect(sides.Near.Environment);
        // Whatever this process asks for from here on carries its header, as with the real host; and as there, it says "not sampled".
        using var host = new Activity("host").Start();
        await using var app = await ServedApp.StartAsync(sides.Near, "produce");
        await app.FireTimerAsync("Plan");
        await app.WaitUntilIdleAsync();

        await collector.UntilAsync(
            all => all.Spans.Any(span => span.Name == "produce") && all.Spans.Any(span => span.Name == "Function Produce"));

        var call = Assert.Single(collector.Spans, span => span.Name == "Function Produce");
        Assert.False(host.Recorded);
        Assert.Equal(host.TraceId.ToHexString(), call.Trace);
        Assert.NotEqual("", call.Parent);
        Assert.Equal(("Produce", "pubsub"), (call.Attributes["faas.name"], call.Attributes["faas.trigger"]));
        Assert.Equal(app.Calls.Single(each => each.Function == "Produce").InvocationId, call.Attributes["faas.invocation_id"]);
        var run = Assert.Single(collector.Spans, span => span.Name == "produce");
        Assert.Equal((call.Id, call.Trace, "updated"), (run.Parent, run.Trace, run.Attributes["mirror.outcome"]));
        Assert.Equal("timer", Assert.Single(collector.Spans, span => span.Name == "Function Plan").Attributes["faas.trigger"]);
        // Whoever has the address of a ping can tell that all is well.
        Assert.Equal("/k3y", Assert.Single(ping.Requests).Target);
        Assert.DoesNotContain("k3y", collector.AllText, StringComparison.Ordinal);
        Assert.Empty(app.Violations);
    }

    [Fact]
    public async Task A_call_that_failed_says_why()
    {
        await using var collector = await Collector.StartAsync();
        var sides = await PartitionSides.CreateAsync();
        await sides.Near.WriteAsync("mirror.yaml", "store: ./bucket\nnonsense: true\n");
        collector.Connect(sides.Near.Environment);
        await using var app = await ServedApp.StartAsync(sides.Near, "produce");
        await app.FireTimerAsync("Plan");

        await collector.UntilAsync(all => all.Spans.Any(span => span.Name == "Function Plan"));

        var call = collector.Spans.First(span => span.Name == "Function Plan");
        Assert.True(call.IsError);
        Assert.Contains("mirror.yaml:2:1", call.StatusMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task How_every_mirror_is_comes_with_the_metrics()
    {
        await using var collector = await Collector.StartAsync();
        var sides = await PartitionSides.CreateAsync();
        await sides.CarryAsync();
        collector.Connect(sides.Far.Environment);
        sides.Far.Environment["OTEL_METRIC_EXPORT_INTERVAL"] = "200";
        sides.Far.Environment["OTEL_BSP_SCHEDULE_DELAY"] = "100";
        await using var app = await ServedApp.StartAsync(sides.Far, "consume");

        await collector.UntilAsync(all => all.Points.Any(point => point.Metric == "mirror.staleness"));

        var (staleness, lag) = (collector.Points.First(point => point.Metric == "mirror.staleness"),
            collector.Points.First(point => point.Metric == "mirror.lag"));
        Assert.Equal(("ce/routy", "s"), (staleness.Attributes["mirror.name"], staleness.Unit));
        Assert.InRange(staleness.Value, 0, 600);
        Assert.Equal(0, lag.Value);
        // Looks at the stores and at the queues are no run's. Spans come in the order in which they end, and these would have ended before.
        await app.FireTimerAsync("Sweep");
        await collector.UntilAsync(all => all.Spans.Any(span => span.Name == "Function Sweep"));
        Assert.All(collector.Spans, span => Assert.Null(span.Attributes["http.request.method"]));
    }

    [Fact]
    public async Task What_is_wrong_with_an_endpoint_is_one_line_of_the_log()
    {
        var sides = await PartitionSides.CreateAsync();
        sides.Far.Environment["OTEL_EXPORTER_OTLP_ENDPOINT"] = "collector:4317/?key=s3cret";
        await using var app = await ServedApp.StartAsync(sides.Far, "consume");
        await app.FireTimerAsync("Sweep");

        Assert.Single(app.Logs, line => line.Text.StartsWith(
            "warning: telemetry is not sent: OTEL_EXPORTER_OTLP_ENDPOINT is not a URL", StringComparison.Ordinal));
        Assert.DoesNotContain(app.Logs, line => line.Text.Contains("s3cret", StringComparison.Ordinal));
    }
}
