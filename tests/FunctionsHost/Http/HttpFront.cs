using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Mirror.Tests.FunctionsHost.Calls;
using Mirror.Tests.FunctionsHost.Package;

namespace Mirror.Tests.FunctionsHost.Http;

/// <summary>The address of the application: each function with an httpTrigger at <c>/api/ROUTE</c>.</summary>
internal sealed class HttpFront : IAsyncDisposable
{
    private readonly Caller _caller;
    private readonly WebApplication _server;

    private HttpFront(Caller caller)
    {
        _caller = caller;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRoutingCore();
        _server = builder.Build();
    }

    public FunctionKeys Keys { get; } = new();

    public Uri Address => new(_server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());

    public static async Task<HttpFront> StartAsync(IEnumerable<Function> functions, string routePrefix, Caller caller)
    {
        var front = new HttpFront(caller);
        foreach (var function in functions)
        {
            if (function.Trigger is not HttpTrigger trigger)
            {
                continue;
            }
            var route = front._server.Map(
                $"/{routePrefix}/{trigger.Route}", context => front.HandleAsync(context, function.Name, trigger.Key));
            if (trigger.Methods.Count > 0)
            {
                route.WithMetadata(new Microsoft.AspNetCore.Routing.HttpMethodMetadata(trigger.Methods));
            }
        }
        await front._server.StartAsync(CancellationToken.None);
        return front;
    }

    private async Task HandleAsync(HttpContext context, string function, KeyNeeded key)
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
        call = await _caller.RecordAsync(call, (_, cancellation) => ForwardAsync(context, call.InvocationId, cancellation));
        if (call.Outcome != CallOutcome.Succeeded)
        {
            Fail(context);
        }
    }

    private async Task<Verdict> ForwardAsync(HttpContext context, string id, CancellationToken cancellation)
    {
        using var request = Forwarding.ToHandler(context.Request, _caller.Client.Port, id);
        using var answer = await _caller.Client.SendAsync(request, cancellation);
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
    public Task StopAsync() => _server.StopAsync(_caller.Crash);

    public async ValueTask DisposeAsync() => await _server.DisposeAsync();
}
