using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Mirror.Functions.Serving;

namespace Mirror.Functions.Telemetry;

/// <summary>The span of a call of the Functions host, the parent of all work in it; names as in
/// opentelemetry.io/docs/specs/semconv/faas.</summary>
internal static class CallSpan
{
    /// <summary>Continues the host's own trace, if there is one; null if spans are not collected.</summary>
    public static Activity? Start(string function, IHeaderDictionary headers)
    {
        _ = ActivityContext.TryParse(headers.TraceParent, headers.TraceState, isRemote: true, out var host);
        return Signals.Spans.StartActivity($"Function {function}", ActivityKind.Server, host);
    }

    public static void Describe(Activity? span, Invocation invocation) => span?
        .SetTag("faas.name", invocation.Function)
        .SetTag("faas.invocation_id", invocation.Id)
        // By the names of the bindings in our function.json.
        .SetTag("faas.trigger", invocation.Data.TryGetProperty("timer", out _) ? "timer" : invocation.Data.TryGetProperty("message",
            out _) ? "pubsub" : "other");
}
