using System.Text.RegularExpressions;

namespace Mirror.Tests.FunctionsHost.Package;

/// <summary>What host.json says, checked as the real host checks it: what is out of range keeps it from starting.</summary>
internal sealed partial record HostSettings
{
    public required string Executable { get; init; }

    public required IReadOnlyList<string> Arguments { get; init; }

    public required bool ForwardsHttp { get; init; }

    /// <summary>Null: calls may take for ever.</summary>
    public required TimeSpan? FunctionTimeout { get; init; }

    public required QueueSettings Queues { get; init; }

    public required bool HasQueueExtension { get; init; }

    public required string RoutePrefix { get; init; }

    public static HostSettings Read(string text, AppSettings settings)
    {
        var json = HostJson.Parse(text, settings);
        if (json.Text("version") != "2.0")
        {
            throw HostJson.Refuse("version", $"is '{json.Text("version")}', and not '2.0'");
        }
        foreach (var path in Unsupported.Where(json.Has))
        {
            throw new NotSupportedException($"host.json: {path} is not played by this host");
        }
        return new HostSettings
        {
            Executable = json.Text("customHandler.description.defaultExecutablePath") is { Length: > 0 } executable
                ? executable
                : throw HostJson.Refuse("customHandler.description.defaultExecutablePath", "is missing"),
            Arguments = json.Texts("customHandler.description.arguments"),
            ForwardsHttp = json.IsTrue("customHandler.enableForwardingHttpRequest"),
            FunctionTimeout = Timeout(json),
            Queues = QueueSettings.Read(json),
            HasQueueExtension = HasBundle(json),
            RoutePrefix = json.Text("extensions.http.routePrefix") ?? "api",
        };
    }

    private static readonly string[] Unsupported =
    [
        "httpWorker", "functions", "retry",
        "customHandler.port", "customHandler.http", "customHandler.enableProxyingHttpRequest",
        "customHandler.description.workingDirectory", "customHandler.description.workerArguments",
        "customHandler.description.defaultWorkerPath",
    ];

    private static TimeSpan? Timeout(HostJson json) => json.Text("functionTimeout") is "-1"
        ? null
        : json.Time("functionTimeout", TimeSpan.FromSeconds(1)) ?? TimeSpan.FromMinutes(30);

    /// <summary>Version 4 of the bundle holds the queue extension.</summary>
    private static bool HasBundle(HostJson json)
    {
        if (!json.Has("extensionBundle"))
        {
            return false;
        }
        if (json.Text("extensionBundle.id") != "Microsoft.Azure.Functions.ExtensionBundle")
        {
            throw HostJson.Refuse("extensionBundle.id", $"is '{json.Text("extensionBundle.id")}'");
        }
        return Version4().IsMatch(json.Text("extensionBundle.version") ?? "")
            ? true
            : throw HostJson.Refuse("extensionBundle.version", $"is '{json.Text("extensionBundle.version")}', and not '[4.0.0, 5.0.0)'");
    }

    [GeneratedRegex(@"^\[4\.(\*|\d+\.(\*|\d+)), *5\.0\.0\)$")]
    private static partial Regex Version4();
}
