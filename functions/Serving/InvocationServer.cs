using System.Buffers;
using System.Diagnostics;
using System.Net;
using Azure;
using Azure.Identity;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Mirror.Functions.Telemetry;
using Mirror.Mirroring;
using Mirror.Storage;

namespace Mirror.Functions.Serving;

/// <summary>A function called by a timer or a queue.
/// An exception is its failure: the host retries, or moves the message to the poison queue.</summary>
internal delegate Task TriggeredFunction(Invocation invocation, CancellationToken cancellation);

/// <summary>A function that answers an HTTP request, which the host forwards unchanged.</summary>
internal delegate Task HttpFunction(HttpContext context, CancellationToken cancellation);

/// <summary>
/// The web server that the Functions host calls: <c>POST /FUNCTION</c> for each trigger, <c>/api/ROUTE</c> for HTTP, <c>GET /</c> as a
/// health check. The host drops the body of a failed call, so the reason is also written to standard error. The host hangs on an empty
/// answer, so every answer has a body.
/// </summary>
internal sealed class InvocationServer(Settings settings, Action<string> logError)
{
    /// <summary>A queue message has at most 64 KiB, which is a third more in base64; the rest is room for the host's metadata.</summary>
    private const int MaxCallSize = 1024 * 1024;

    private const string Success = """{"Outputs":{},"Logs":[],"ReturnValue":null}""";

    /// <summary>By folder name, case-sensitive.</summary>
    public Dictionary<string, TriggeredFunction> Functions { get; } = new(StringComparer.Ordinal);

    /// <summary>By the first segment of the route, which the host matches without case.</summary>
    public Dictionary<string, HttpFunction> Http { get; } = new(StringComparer.OrdinalIgnoreCase);

    public async Task RunAsync(CancellationToken cancellation)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(server =>
        {
            server.Listen(IPAddress.Loopback, settings.Port);
            server.AddServerHeader = false;
            // Forwarded requests may be larger than a call. Each function has its own limit.
            server.Limits.MaxRequestBodySize = null;
        });
        await using var application = builder.Build();
        application.Run(AnswerAsync);
        await application.StartAsync(cancellation);
        await Task.Delay(Timeout.Infinite, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await application.StopAsync(CancellationToken.None);
    }

    private Task AnswerAsync(HttpContext context)
    {
        var path = context.Request.Path.Value ?? "/";
        return path == "/" ? WriteAsync(context, StatusCodes.Status200OK, "text/plain", "mirror")
            : path.StartsWith("/api/", StringComparison.OrdinalIgnoreCase) ? ForwardAsync(context, path["/api/".Length..])
            : HttpMethods.IsPost(context.Request.Method) ? InvokeAsync(context, path[1..])
            : WriteAsync(context, StatusCodes.Status405MethodNotAllowed, "text/plain", "calls are POST");
    }

    private async Task ForwardAsync(HttpContext context, string route)
    {
        if (!Http.TryGetValue(route.Split('/')[0], out var function))
        {
            await WriteAsync(context, StatusCodes.Status404NotFound, "text/plain", "there is no such route");
            return;
        }
        // A very slow request must not keep the function busy until the host kills the process.
        using var late = new CancellationTokenSource(settings.Deadline);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, late.Token);
        try
        {
            await function(context, either.Token);
        }
        catch (Exception failure) when (!context.RequestAborted.IsCancellationRequested)
        {
            logError($"{route.Split('/')[0]}: {Reason(failure, late.IsCancellationRequested)}");
            if (!context.Response.HasStarted)
            {
                await WriteAsync(context, StatusCodes.Status500InternalServerError, "text/plain",
                    "something went wrong; the log says what");
            }
        }
    }

    private async Task InvokeAsync(HttpContext context, string name)
    {
        if (!Functions.TryGetValue(name, out var function))
        {
            logError($"{name}: there is no such function");
            await WriteAsync(context, StatusCodes.Status404NotFound, "text/plain", "there is no such function");
            return;
        }
        using var late = new CancellationTokenSource(settings.Deadline);
        using var span = CallSpan.Start(name, context.Request.Headers);
        try
        {
            settings.ThrowIfWrong();
            var body = await ReadAsync(context.Request.Body, late.Token);
            var invocation = Invocation.Parse(name, context.Request.Headers["X-Azure-Functions-InvocationId"].ToString(), body);
            CallSpan.Describe(span, invocation);
            await function(invocation, late.Token);
            await WriteAsync(context, StatusCodes.Status200OK, "application/json", Success);
        }
        // Any exception: a call without an answer would hang until the host kills the process, with all other calls.
        catch (Exception failure)
        {
            var reason = Reason(failure, late.IsCancellationRequested);
            span?.SetStatus(ActivityStatusCode.Error, reason);
            logError($"{name}: {reason}");
            await WriteAsync(context, StatusCodes.Status500InternalServerError, "text/plain", "failed; the log says why");
        }
    }

    private string Reason(Exception failure, bool isLate) => failure switch
    {
        OperationCanceledException when isLate => $"not done after {settings.Deadline.TotalSeconds:0} s",
        CallException or FormatException or UsageException or RunException or StorageException or SecretException => failure.Message,
        RequestFailedException or AuthenticationFailedException => $"the queues of AzureWebJobsStorage: {FirstLine(failure)}",
        // A queue client throws this after its last attempt.
        AggregateException { InnerException: RequestFailedException last } => $"the queues of AzureWebJobsStorage: {FirstLine(last)}",
        _ => failure.ToString(),
    };

    /// <summary>The first line only, since some messages contain the whole answer with its headers.</summary>
    private static string FirstLine(Exception failure) => failure.Message.Split('\r', '\n')[0];

    private static async Task<ReadOnlyMemory<byte>> ReadAsync(Stream body, CancellationToken cancellation)
    {
        var content = new ArrayBufferWriter<byte>(4096);
        while (true)
        {
            var size = await body.ReadAsync(content.GetMemory(4096), cancellation);
            if (size == 0)
            {
                return content.WrittenMemory;
            }
            content.Advance(size);
            if (content.WrittenCount > MaxCallSize)
            {
                throw new FormatException($"the call has more than {MaxCallSize} bytes");
            }
        }
    }

    internal static Task WriteAsync(HttpContext context, int status, string contentType, string text)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = contentType;
        return context.Response.WriteAsync(text, CancellationToken.None);
    }
}
