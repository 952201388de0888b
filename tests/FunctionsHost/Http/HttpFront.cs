using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Mirror.Tests.FunctionsHost.Calls;
using Mirror.Tests.FunctionsHost.Handlers;
using Mirror.Tests.FunctionsHost.Package;

namespace Mirror.Tests.FunctionsHost.Http;

/// <summary>The address of the application: each function with an httpTrigger at <c>/api/ROUTE</c>.</summary>
internal sealed class HttpFront : IAsyncDisposable
{
    private readonly Caller _caller;
    private readonly HttpMessageInvoker _client;
    private readonly CancellationToken _crash;
    private readonly WebApplication _server;

    private HttpFront(Caller caller, HttpMessageInvoker client, CancellationToken crash)
    {
        _caller = caller;
        _client = client;
        _crash = crash;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRoutingCore();
        _server = builder.Build();
    }

    public FunctionKeys Keys { get; } = new();

    public Uri Address => new(_server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());

    public static async Task<HttpFront> StartAsync(
        IEnumerable<Function> functions, string routePrefix, (Caller Caller, Handler Handler, HttpMessageInvoker Client) behind, CancellationToken crash)
    {
        var front = new HttpFront(behind.Caller, behind.Client, crash);
        foreach (var (function, trigger) in functions.Where(function => function.Trigger is HttpTrigger).Select(function => (function, (HttpTrigger)function.Trigger)))
        {
            var route = front._server.Map($"/{routePrefix}/{trigger.Route}", context => front.HandleAsync(context, function.Name, trigger.Key, behind.Handler.Port));
            if (trigger.Methods.Count > 0)
            {
                route.WithMetadata(new Microsoft.AspNetCore.Routing.HttpMethodMetadata(trigger.Methods));
            }
        }
        await front._server.StartAsync(CancellationToken.None);
        return front;
    }

    private async Task HandleAsync(HttpContext context, string function, KeyNeeded key, int port)
    {
        if (!Keys.Admits(context.Request, function, key))
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }
        var call = new FunctionCall
        {
            Function = function,
            InvocationId = Guid.NewGuid().ToString(),
            Outcome = CallOutcome.Lost,
            Reason = null,
            Began = DateTimeOffset.UtcNow,
            Duration = TimeSpan.Zero,
        };
        call = await _caller.RecordAsync(call, (_, cancellation) => ForwardAsync(context, port, call.InvocationId, cancellation), _crash);
        if (call.Outcome != CallOutcome.Succeeded)
        {
            Fail(context);
        }
    }

    private async Task<Verdict> ForwardAsync(HttpContext context, int port, string id, CancellationToken cancellation)
    {
        using var request = Forwarding.ToHandler(context.Request, port, id);
        using var answer = await _client.SendAsync(request, cancellation);
        await Forwarding.ToCallerAsync(answer, context.Response, cancellation);
        return Verdict.Success;
    }

    /// <summary>The handler gave no answer: 500, unless part of an answer is on its way, which then ends in the middle.</summary>
    private static void Fail(HttpContext context)
    {
        if (context.Response.HasStarted)
        {
            context.Abort();
            return;
        }
        context.Response.Clear();
        context.Response.StatusCode = StatusCodes.Status500InternalServerError;
    }

    /// <summary>No new requests; those in flight end, or the host is killed.</summary>
    public Task StopAsync(CancellationToken crash) => _server.StopAsync(crash);

    public async ValueTask DisposeAsync() => await _server.DisposeAsync();
}
