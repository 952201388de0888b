using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Mirror.Functions.Serving;

namespace Mirror.Functions.Telemetry;

/// <summary>A call of the Functions host, above whatever is done in it, in the words of opentelemetry.io/docs/specs/semconv/faas.</summary>
internal static class CallSpan
{
    /// <summary>Goes on with the host's own trace, where it says that it has one; null where nobody listens.</summary>
    public static Activity? Start(string function, IHeaderDictionary headers)
    {
        _ = ActivityContext.TryParse(headers.TraceParent, headers.TraceState, isRemote: true, out var host);
        return Signals.Spans.StartActivity($"Function {function}", ActivityKind.Server, host);
    }

    public static void Describe(Activity? span, Invocation invocation) => span?
        .SetTag("faas.name", invocation.Function)
        .SetTag("faas.invocation_id", invocation.Id)
        // By the bindings' names in our function.json.
        .SetTag("faas.trigger", invocation.Data.TryGetProperty("timer", out _) ? "timer" : invocation.Data.TryGetProperty("message",
            out _) ? "pubsub" : "other");
}
