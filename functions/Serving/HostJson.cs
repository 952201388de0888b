using System.Globalization;
using System.Text.Json;

namespace Mirror.Functions.Serving;

/// <summary>Values of host.json that this program needs, or of the settings that replace it.
/// There, a number may be a text and a text a number.</summary>
/// <param name="FunctionTimeout">How long the host lets a call run; may be infinite.</param>
/// <param name="MaxDequeueCount">How often the host delivers a message.</param>
internal sealed record HostJson(TimeSpan FunctionTimeout, int MaxDequeueCount)
{
    private const string Setting = "AzureFunctionsJobHost";

    // The limit of a quoted value.
    private const int MaxQuoted = 40;

    // The host's defaults, for the plan with the shortest timeout.
    private static readonly HostJson Defaults = new(TimeSpan.FromMinutes(5), 5);

    /// <summary>Why the values are not known; null if they are.</summary>
    public string? Problem { get; private init; }

    public static HostJson Read(string file, Func<string, string?> environment)
    {
        try
        {
            using var host = Parse(File.Exists(file) ? File.ReadAllBytes(file) : "{}"u8.ToArray());
            var root = host.RootElement.ValueKind == JsonValueKind.Object
                ? host.RootElement
                : throw new FormatException("it is not an object");
            return new HostJson(
                Find(root, environment, "functionTimeout") is { } timeout ? TimeoutIn(timeout) : Defaults.FunctionTimeout,
                Find(root, environment, "extensions", "queues", "maxDequeueCount") is { } count
                    ? CountIn(count)
                    : Defaults.MaxDequeueCount);
        }
        catch (Exception wrong) when (wrong is JsonException or FormatException or IOException or UnauthorizedAccessException)
        {
            return Defaults with { Problem = $"host.json, or a setting in its place: {wrong.Message}" };
        }
    }

    private static JsonDocument Parse(ReadOnlyMemory<byte> content)
    {
        ReadOnlySpan<byte> mark = [0xEF, 0xBB, 0xBF];
        var text = content.Span.StartsWith(mark) ? content[mark.Length..] : content;
        return JsonDocument.Parse(text, new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
    }

    private static string? Find(JsonElement root, Func<string, string?> environment, params ReadOnlySpan<string> path)
    {
        if (environment(string.Join("__", [Setting, .. path])) is { Length: > 0 } set)
        {
            return set;
        }
        var part = root;
        foreach (var name in path)
        {
            if (part.ValueKind != JsonValueKind.Object || !part.TryGetProperty(name, out part))
            {
                return null;
            }
        }
        return part.ValueKind switch
        {
            JsonValueKind.String => part.GetString(),
            JsonValueKind.Null => null,
            _ => part.GetRawText(),
        };
    }

    private static TimeSpan TimeoutIn(string text) =>
        text == "-1" ? Timeout.InfiniteTimeSpan
        : TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var time) && time > TimeSpan.Zero ? time
        : throw new FormatException($"functionTimeout is '{Quoted(text)}': write a time such as 00:30:00, or -1 for none");

    private static int CountIn(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 0 ? count
        : throw new FormatException($"maxDequeueCount is '{Quoted(text)}': write a number such as 5");

    private static string Quoted(string text) => text.Length > MaxQuoted ? $"{text[..MaxQuoted]}…" : text;
}
