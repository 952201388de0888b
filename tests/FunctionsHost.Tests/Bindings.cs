namespace Mirror.Tests.FunctionsHost.Tests;

/// <summary>Bindings of a function.json.</summary>
internal static class Bindings
{
    public const string HttpOutput = """{ "type": "http", "direction": "out", "name": "$return" }""";

    public static string Queue(string queue, string more = "\"dataType\": \"binary\"") =>
        $$"""{ "type": "queueTrigger", "direction": "in", "name": "message", "queueName": "{{queue}}", {{more}} }""";

    public static string Timer(string schedule = "0 */5 * * * *", string more = "\"useMonitor\": true") =>
        $$"""{ "type": "timerTrigger", "direction": "in", "name": "timer", "schedule": "{{schedule}}", {{more}} }""";

    public static string Http(string route, string more = "\"authLevel\": \"function\"") =>
        $$"""{ "type": "httpTrigger", "direction": "in", "name": "request", "route": "{{route}}", {{more}} }""";
}
