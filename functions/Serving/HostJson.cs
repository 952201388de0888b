using System.Text.Json;

namespace Mirror.Functions.Serving;

/// <summary>What host.json says that we must know as well.</summary>
internal sealed record HostJson(string? FunctionTimeout, int MaxDequeueCount)
{
    // The host's own where the file says nothing.
    private const int DefaultDequeueCount = 5;

    public static HostJson Read(string file)
    {
        if (!File.Exists(file))
        {
            return new HostJson(null, DefaultDequeueCount);
        }
        using var host = JsonDocument.Parse(File.ReadAllBytes(file), new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
        var root = host.RootElement;
        return new HostJson(
            root.TryGetProperty("functionTimeout", out var timeout) ? timeout.GetString() : null,
            root.TryGetProperty("extensions", out var extensions) && extensions.TryGetProperty("queues", out var queues)
                && queues.TryGetProperty("maxDequeueCount", out var count) ? count.GetInt32() : DefaultDequeueCount);
    }
}
