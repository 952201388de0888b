using System.Text;
using Mirror.Functions.Tests.Clouds;
using Mirror.Tests.Servers;

namespace Mirror.Functions.Tests.Telemetry;

/// <summary>What the program tells a collector, by the standard variables alone.</summary>
public sealed class TelemetryTests
{
    [Fact]
    public async Task A_run_is_a_span_with_its_requests_below_it_and_is_counted()
    {
        await using var collector = await Collector.StartAsync();
        var (sides, apache) = (await PartitionSides.CreateAsync(), await ApacheServer.SharedAsync());
        collector.Connect(sides.Near.Environment);
        sides.Near.Environment["OTEL_RESOURCE_ATTRIBUTES"] = "deployment.environment.name=test";
        sides.Near.Environment["TOKEN"] = ApacheServer.Password;
        var credentials =
            $"credentials: [{{ match: \"http://127.0.0.1:{apache.Port}/\", username: {ApacheServer.Username}, password: env:TOKEN }}]\n";
        var mirrors = $"mirrors:\n{PartitionSides.Entry(PartitionSides.Name, apache.Url(sides.Source, Route.Auth), sides.Target.Path)}";
        await sides.Near.WriteAsync("mirror.yaml", $"{sides.Places}{sides.NearKeys}{credentials}{mirrors}");

        var result = await sides.ProduceAsync();

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        var run = Assert.Single(collector.Spans, span => span.Name == "produce");
        Assert.Equal(
            ("ce/routy", "updated", "1", "full", "1", "0", null),
            (run.Attributes["mirror.name"], run.Attributes["mirror.outcome"], run.Attributes["mirror.sequence"],
                run.Attributes["mirror.bundle"],
                run.Attributes["mirror.refs.created"], run.Attributes["mirror.refs.deleted"], run.Attributes["mirror.reason"]));
        Assert.Equal(("", false), (run.Parent, run.IsError));
        var requests = collector.Spans.Where(span => span.Id != run.Id).ToList();
        Assert.NotEmpty(requests);
        Assert.All(requests, request => Assert.Equal((run.Id, run.Trace), (request.Parent, request.Trace)));
        Assert.All(
            requests, request => Assert.Equal(apache.Url(sides.Source, Route.Auth) + "/git-upload-pack", request.Attributes["url.full"]));
        var runs = Assert.Single(collector.Points, point => point.Metric == "mirror.runs");
        Assert.Equal((1, "produce", "updated", null),
            (runs.Value, runs.Attributes["mirror.job"], runs.Attributes["mirror.outcome"], runs.Attributes["mirror.reason"]));
        Assert.Equal(run.Attributes["mirror.bytes"], $"{Assert.Single(collector.Points, point => point.Metric == "mirror.bytes").Value}");
        var duration = Assert.Single(collector.Points, point => point.Metric == "mirror.run.duration");
        Assert.Equal(("s", 1), (duration.Unit, (int)duration.Value));
        Assert.All(collector.Resources, resource => Assert.Equal(
            ("mirror", "test", 36),
            (resource["service.name"], resource["deployment.environment.name"], resource["service.instance.id"]?.Length)));
        Assert.All(Hidden, secret => Assert.DoesNotContain(secret, collector.AllText, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_run_that_failed_says_why_and_no_secret()
    {
        await using var collector = await Collector.StartAsync();
        // A server that says what it was told, as some do.
        await using var source = new FakeServer(async (request, stream, cancellation) =>
        {
            var words = Encoding.UTF8.GetBytes($"no: {request.Headers.GetValueOrDefault("Authorization")} {ApacheServer.Password}\n");
            await FakeAnswer.Raw(FakeAnswer.Bytes(403, "text/plain", words))(request, stream, cancellation);
        });
        var program = new MirrorProgram();
        collector.Connect(program.Environment);
        program.Environment["OTEL_EXPORTER_OTLP_HEADERS"] = "authorization=Bearer%20collector-token";
        program.Secrets.AddRange([.. Hidden, "collector-token"]);

        var result = await program.RunAsync("sync", WithUserInfo($"{source.Url}/x.git"), (await GitRepository.CreateAsync("target")).Path);

        Assert.Equal(1, result.ExitCode);
        var run = Assert.Single(collector.Spans, span => span.Name == "sync");
        Assert.True(run.IsError);
        Assert.Equal(("failed", "forbidden"), (run.Attributes["mirror.outcome"], run.Attributes["mirror.reason"]));
        Assert.StartsWith("forbidden: http://127.0.0.1", run.StatusMessage, StringComparison.Ordinal);
        Assert.Equal("forbidden", Assert.Single(collector.Points, point => point.Metric == "mirror.runs").Attributes["mirror.reason"]);
        Assert.Equal("Bearer collector-token", collector.Headers.Authorization);
        Assert.All(program.Secrets, secret => Assert.DoesNotContain(secret, collector.AllText, StringComparison.Ordinal));
        Assert.All(
            source.Requests, request => Assert.DoesNotContain("traceparent", request.Headers.Keys, StringComparer.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task A_signature_in_a_stores_address_is_not_told()
    {
        await using var collector = await Collector.StartAsync();
        var cloud = await AzureCloud.MakeAsync();
        var sides = await cloud.PlaceAsync();
        await sides.ProduceAsync();
        collector.Connect(sides.Far.Environment);

        Assert.Equal(0, (await sides.ConsumeAsync()).ExitCode);

        Assert.Contains(collector.Spans, span => span.Attributes["url.full"] is { } url
            && url.Contains(".head.age", StringComparison.Ordinal) && url.EndsWith("?*", StringComparison.Ordinal));
        Assert.DoesNotContain("sig=", collector.AllText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_exception_in_a_request_has_its_message_and_no_stack()
    {
        await using var collector = await Collector.StartAsync();
        await using var source = new FakeServer(FakeAnswer.HangUp());
        var program = new MirrorProgram();
        collector.Connect(program.Environment);

        Assert.Equal(1, (await program.RunAsync("sync", $"{source.Url}/x.git", (await GitRepository.CreateAsync("target")).Path)).ExitCode);

        Assert.Contains("exception.message", collector.AllText, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", collector.AllText, StringComparison.Ordinal);
    }

    /// <summary>The exporter has a client of its own, and the runtime quotes the proxy's whole URL. What is shorter than four characters is
    /// not redacted by its value.</summary>
    [Theory]
    [InlineData("http/protobuf", "hunter2-proxy")]
    [InlineData("http/protobuf", "q~7")]
    [InlineData("grpc", "q~7")]
    public async Task The_password_of_a_proxy_that_refuses_is_not_in_the_log(string protocol, string password)
    {
        await using var proxy = new FakeServer(FakeAnswer.Status(407));
        var program = new MirrorProgram
        {
            Environment =
            {
                ["https_proxy"] = $"http://somebody:{password}@127.0.0.1:{proxy.Port}",
                ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "https://collector.invalid:4318",
                ["OTEL_EXPORTER_OTLP_PROTOCOL"] = protocol,
            },
        };

        var result = await SyncAsync(program);

        Assert.Equal(0, result.ExitCode);
        Assert.NotEmpty(proxy.Requests);
        Assert.Contains("warning: telemetry is not sent: ", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(password, result.Output + result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_speaks_grpc_unless_it_is_told_otherwise()
    {
        await using var collector = await Collector.StartAsync("grpc");
        var program =
            new MirrorProgram { Environment = { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Url, ["OTEL_SERVICE_NAME"] = "near" } };

        var result = await SyncAsync(program);

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Single(collector.Spans, span => span.Name == "sync");
        Assert.Single(collector.Points, point => point.Metric == "mirror.runs");
        Assert.All(collector.Resources, resource => Assert.Equal("near", resource["service.name"]));
    }

    [Fact]
    public async Task One_signal_alone_goes_where_its_own_variables_say()
    {
        await using var collector = await Collector.StartAsync();
        var program = new MirrorProgram
        {
            Environment =
            {
                ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"] = $"{collector.Url}/own/traces",
                ["OTEL_EXPORTER_OTLP_TRACES_PROTOCOL"] = "http/protobuf",
                ["OTEL_EXPORTER_OTLP_TRACES_HEADERS"] = "key=own",
            },
        };

        var result = await SyncAsync(program);

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Single(collector.Spans);
        Assert.Empty(collector.Points);
        Assert.Equal("own", collector.Headers["key"]);
    }

    [Theory]
    [InlineData("http/protobuf")]
    [InlineData("grpc")]
    public async Task A_collector_that_is_not_there_costs_a_run_one_line(string protocol)
    {
        var program = new MirrorProgram
        { Environment = { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://127.0.0.1:1", ["OTEL_EXPORTER_OTLP_PROTOCOL"] = protocol } };

        var result = await SyncAsync(program);

        Assert.Equal(0, result.ExitCode);
        Assert.StartsWith("warning: telemetry is not sent: Connection refused (127.0.0.1:1); the runs go on without; check ",
            Assert.Single(result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("OTEL_EXPORTER_OTLP_HEADERS", "a-secret-without-a-name")]
    [InlineData("OTEL_EXPORTER_OTLP_CERTIFICATE", "/not-there.pem")]
    public async Task A_variable_that_cannot_be_used_costs_a_run_one_line(string variable, string value)
    {
        var program = new MirrorProgram
        {
            Environment = { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "https://127.0.0.1:1", [variable] = value },
            Secrets = { "a-secret-without-a-name" },
        };

        var result = await SyncAsync(program);

        Assert.Equal(0, result.ExitCode);
        Assert.StartsWith("warning: telemetry is not sent: ",
            Assert.Single(result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "s3cret@collector/v1", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT is not a URL")]
    [InlineData("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "s3cret", "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL is neither grpc nor http/protobuf")]
    public async Task A_signal_whose_variables_are_wrong_costs_a_run_one_line_and_the_other_is_sent(
        string variable, string value, string problem)
    {
        await using var collector = await Collector.StartAsync();
        var program = new MirrorProgram { Secrets = { "s3cret" } };
        collector.Connect(program.Environment);
        program.Environment[variable] = value;

        var result = await SyncAsync(program);

        Assert.Equal(0, result.ExitCode);
        Assert.StartsWith($"warning: telemetry is not sent: {problem}",
            Assert.Single(result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
        Assert.Empty(collector.Spans);
        Assert.Single(collector.Points, point => point.Metric == "mirror.runs");
    }

    [Theory]
    [InlineData("OTEL_EXPORTER_OTLP_TIMEOUT", "soon")]
    [InlineData("OTEL_EXPORTER_OTLP_PROTOCOL", "http/json")]
    public async Task A_value_that_is_not_known_costs_a_run_one_line_and_is_not_told_as_a_failure(string variable, string value)
    {
        await using var collector = await Collector.StartAsync("grpc");
        var program = new MirrorProgram();
        collector.Connect(program.Environment);
        program.Environment[variable] = value;

        var result = await SyncAsync(program);

        Assert.Equal((0, $"warning: telemetry: {variable} has a value that is not known, and the default is used instead\n"),
            (result.ExitCode, result.Error));
        Assert.Single(collector.Spans, span => span.Name == "sync");
    }

    [Fact]
    public async Task A_header_that_is_no_key_leaves_what_is_printed_as_it_is()
    {
        await using var collector = await Collector.StartAsync();
        var program = new MirrorProgram();
        collector.Connect(program.Environment);
        program.Environment["OTEL_EXPORTER_OTLP_HEADERS"] = "x-honeycomb-dataset=mirror";

        var result = await SyncAsync(program, "--json");

        Assert.StartsWith("{\"mirror\":", result.Output, StringComparison.Ordinal);
        Assert.Equal("mirror", collector.Headers["x-honeycomb-dataset"]);
    }

    [Fact]
    public async Task A_collector_that_never_answers_costs_a_run_one_line_and_is_given_up_after_three_seconds()
    {
        await using var collector = new FakeServer(FakeAnswer.Stall());
        var program = new MirrorProgram
        { Environment = { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Url, ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf" } };

        var result = await SyncAsync(program);

        Assert.Equal(0, result.ExitCode);
        Assert.StartsWith("warning: telemetry is not sent: the collector does not take it within 3 s",
            Assert.Single(result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_sends_nothing_loads_nothing_of_it()
    {
        var program = new MirrorProgram();
        program.Program = program.CopyWithout("OpenTelemetry");

        Assert.Equal(0, (await SyncAsync(program)).ExitCode);
        program.Environment["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://127.0.0.1:1";
        program.Environment["OTEL_SDK_DISABLED"] = "true";
        Assert.Equal(0, (await SyncAsync(program)).ExitCode);

        // With it sent, or this would prove nothing.
        program.Environment["OTEL_SDK_DISABLED"] = "false";
        Assert.Contains("Could not load file or assembly 'OpenTelemetry", (await SyncAsync(program)).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dry_run_is_no_run()
    {
        await using var collector = await Collector.StartAsync();
        var program = new MirrorProgram();
        collector.Connect(program.Environment);

        Assert.Equal(0, (await SyncAsync(program, "--dry-run")).ExitCode);

        Assert.Empty(collector.Spans);
        Assert.Empty(collector.Points);
    }

    private static string[] Hidden =>
    [
        ApacheServer.Password,
        Uri.EscapeDataString(ApacheServer.Password),
        Convert.ToBase64String(Encoding.UTF8.GetBytes($"{ApacheServer.Username}:{ApacheServer.Password}")),
    ];

    private static string WithUserInfo(string url) =>
        url.Replace("://", $"://{ApacheServer.Username}:{Uri.EscapeDataString(ApacheServer.Password)}@", StringComparison.Ordinal);

    private static async Task<CommandResult> SyncAsync(MirrorProgram program, params string[] options)
    {
        var (source, target) = (await GitRepository.CreateAsync("source"), await GitRepository.CreateAsync("target"));
        await source.CommitAsync("main", "a.txt", "one\n");
        return await program.RunAsync(["sync", .. options, source.Path, target.Path]);
    }
}
