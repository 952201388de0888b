using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Mirror.Tests.Servers;

namespace Mirror.Functions.Tests.Telemetry;

/// <summary>Takes traces and metrics by OTLP, over HTTP or gRPC (opentelemetry.io/docs/specs/otlp), and keeps what came.</summary>
internal sealed class Collector : IAsyncDisposable
{
    // Compressed or not, and how long the message is: github.com/grpc/grpc, doc/PROTOCOL-HTTP2.md.
    private const int GrpcPrefixSize = 5;

    private static readonly TimeSpan Deadline = Hang.Limit;

    private readonly ConcurrentQueue<(bool IsTraces, ReadOnlyMemory<byte> Message)> _received = new();
    private readonly WebApplication _server;
    private volatile TaskCompletionSource _arrival = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly string _protocol;

    private Collector(WebApplication server, string protocol) => (_server, _protocol) = (server, protocol);

    public string Url => _server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();

    /// <summary>Of the last request.</summary>
    public IHeaderDictionary Headers { get; private set; } = new HeaderDictionary();

    /// <summary>What came, as far as it is text.</summary>
    public string AllText => string.Concat(_received.Select(request => Encoding.Latin1.GetString(request.Message.Span)));

    // The request has resources in 1; each has itself in 1, and in 2 scopes, each of which has spans or metrics in 2.
    public IReadOnlyList<Span> Spans => [.. Items(isTraces: true).Select(span => new Span(span))];

    public IReadOnlyList<Point> Points => [.. Items(isTraces: false).SelectMany(Point.In)];

    public IReadOnlyList<Attributes> Resources =>
        [.. _received.SelectMany(request => Proto.Read(request.Message)).Select(each => new Attributes(each.Find(1)!.Value.All(1)))];

    public static async Task<Collector> StartAsync(string protocol = "http/protobuf")
    {
        // Without TLS nobody can ask which it is.
        var version = protocol == "grpc" ? HttpProtocols.Http2 : HttpProtocols.Http1;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = version));
        var collector = new Collector(builder.Build(), protocol);
        collector._server.Run(collector.TakeAsync);
        await collector._server.StartAsync();
        return collector;
    }

    /// <summary>Sends the program's telemetry here.</summary>
    public void Connect(IDictionary<string, string?> environment)
    {
        environment["OTEL_EXPORTER_OTLP_ENDPOINT"] = Url;
        environment["OTEL_EXPORTER_OTLP_PROTOCOL"] = _protocol;
    }

    /// <summary>Returns when what has come is enough.</summary>
    public async Task UntilAsync(Func<Collector, bool> isEnough)
    {
        using var late = new CancellationTokenSource(Deadline);
        while (true)
        {
            // Taken before the look: what comes after it is not missed.
            var arrival = _arrival;
            if (isEnough(this))
            {
                return;
            }
            await arrival.Task.WaitAsync(late.Token);
        }
    }

    private IEnumerable<Proto> Items(bool isTraces) => _received.Where(request => request.IsTraces == isTraces)
        .SelectMany(request => Proto.Read(request.Message)).SelectMany(resource => resource.All(2)).SelectMany(scope => scope.All(2));

    private async Task TakeAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        var isGrpc = context.Request.ContentType?.StartsWith("application/grpc", StringComparison.Ordinal) ?? false;
        Headers = new HeaderDictionary(context.Request.Headers.ToDictionary());
        var isTrace = context.Request.Path.Value!.Contains("trace", StringComparison.OrdinalIgnoreCase);
        _received.Enqueue((isTrace, body.ToArray().AsMemory(isGrpc ? GrpcPrefixSize : 0)));
        Interlocked.Exchange(ref _arrival, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
        context.Response.ContentType = context.Request.ContentType;
        if (isGrpc)
        {
            await context.Response.Body.WriteAsync(new byte[GrpcPrefixSize]);
            context.Response.AppendTrailer("grpc-status", "0");
        }
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}
