namespace Mirror.Tests.FunctionsHost.Package;

/// <summary>extensions.queues of host.json.</summary>
internal sealed record QueueSettings
{
    public required int BatchSize { get; init; }

    /// <summary>The next batch is fetched when no more than this many calls are left of the ones before.</summary>
    public required int NewBatchThreshold { get; init; }

    public required int MaxDequeueCount { get; init; }

    /// <summary>After which a message comes back whose call failed.</summary>
    public required TimeSpan VisibilityTimeout { get; init; }

    public required bool IsBase64 { get; init; }

    public static QueueSettings Read(HostJson json)
    {
        var batchSize = json.Count("extensions.queues.batchSize", 1, 32) ?? 16;
        // Accepted, and otherwise of no effect: this host looks at its queues more often than that.
        json.Time("extensions.queues.maxPollingInterval", TimeSpan.FromMilliseconds(100));
        return new QueueSettings
        {
            BatchSize = batchSize,
            NewBatchThreshold = json.Count("extensions.queues.newBatchThreshold", 0, int.MaxValue) ?? batchSize / 2,
            MaxDequeueCount = json.Count("extensions.queues.maxDequeueCount", 1, int.MaxValue) ?? 5,
            VisibilityTimeout = json.Time("extensions.queues.visibilityTimeout", TimeSpan.Zero) ?? TimeSpan.Zero,
            IsBase64 = HasBase64(json.Text("extensions.queues.messageEncoding") ?? "base64"),
        };
    }

    private static bool HasBase64(string encoding) => encoding.ToUpperInvariant() switch
    {
        "BASE64" => true,
        "NONE" => false,
        _ => throw HostJson.Refuse("extensions.queues.messageEncoding", $"is '{encoding}', and not base64 or none"),
    };
}
