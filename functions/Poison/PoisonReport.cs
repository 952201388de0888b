using System.Text;
using System.Text.Json;
using Mirror.Functions.Output;
using Mirror.Storage;

namespace Mirror.Functions.Poison;

/// <summary>The content of one app's poison queues at the last look, stored beside the ledgers for the status page. Each app that shares
/// a state has its own.</summary>
/// <param name="App">The name of the app.</param>
/// <param name="At">The time of the look. The store's own times change when the state is copied.</param>
/// <param name="Queues">The queues that are not empty.</param>
internal sealed record PoisonReport(string App, DateTimeOffset At, IReadOnlyList<PoisonedQueue> Queues)
{
    /// <summary>Not the key of a mirror: those begin with the base64 of a brace.</summary>
    private const string Prefix = "poison-";

    private const string Suffix = ".json";

    // Older reports are ignored: their app is gone, since a running app writes every quarter of an hour.
    private static readonly TimeSpan Life = TimeSpan.FromDays(1);

    // Limits the page if others can write to the state.
    private const int MaxCount = 100;

    // The peeked messages of each queue, with reasons of limited length.
    private const int MaxSize = 256 * 1024;

    internal static string Key(string app) => $"{Prefix}{app}{Suffix}";

    /// <summary>The reports of all apps that share the state and still write.</summary>
    public static async Task<IReadOnlyList<PoisonReport>> ReadAllAsync(ObjectStore state, DateTimeOffset now,
        CancellationToken cancellation)
    {
        var reports = new List<PoisonReport>();
        await foreach (var found in state.ListAsync(Prefix, cancellation).Take(MaxCount))
        {
            if (found.Key.EndsWith(Suffix, StringComparison.Ordinal)
                && await TryReadAsync(state, found.Key[Prefix.Length..^Suffix.Length], cancellation) is { } report
                    && now - report.At < Life)
            {
                reports.Add(report);
            }
        }
        return reports;
    }

    /// <summary>Null if there is none, or none that can be read; the next report replaces it.</summary>
    public static async Task<PoisonReport?> TryReadAsync(ObjectStore state, string app, CancellationToken cancellation)
    {
        if (await state.TryReadAsync(Key(app), MaxSize, cancellation) is not { } content)
        {
            return null;
        }
        try
        {
            using var document = JsonDocument.Parse(content.Bytes);
            return Read(app, document.RootElement);
        }
        catch (Exception wrong) when (wrong is JsonException or InvalidOperationException or FormatException or KeyNotFoundException)
        {
            return null;
        }
    }

    public Task<string> WriteAsync(ObjectStore state, CancellationToken cancellation) =>
        state.PutAsync(Key(App), Encoding.UTF8.GetBytes(ToText()), WriteCondition.None, cancellation);

    private string ToText() => JsonLine.Of(json =>
    {
        json.WriteNumber("format", 1);
        json.WriteString("at", Iso8601.Of(At));
        json.WriteStartArray("queues");
        foreach (var queue in Queues)
        {
            queue.Write(json);
        }
        json.WriteEndArray();
    });

    private static PoisonReport Read(string app, JsonElement root) => new(
        app,
        Iso8601.Parse(Text(root, "at")),
        [.. root.GetProperty("queues").EnumerateArray().Select(
            queue => new PoisonedQueue(Text(queue, "queue"), queue.GetProperty("count").GetInt32(),
            [.. queue.GetProperty("reasons").EnumerateArray().Select(
                reason => new PoisonReason(Text(reason, "reason"), reason.GetProperty("count").GetInt32()))]))]);

    private static string Text(JsonElement fields, string name) =>
        fields.GetProperty(name).GetString() ?? throw new FormatException($"{name} is null");
}

/// <param name="Queue">The queue's name, with <c>-poison</c>.</param>
/// <param name="Count">The approximate number of messages.</param>
/// <param name="Reasons">The reasons of at most the first <see cref="PoisonQueues.PeekCount"/> messages.</param>
internal sealed record PoisonedQueue(string Queue, int Count, IReadOnlyList<PoisonReason> Reasons)
{
    /// <summary>The name of another app; null for this one.</summary>
    public string? App { get; init; }

    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        if (App is not null)
        {
            json.WriteString("app", App);
        }
        json.WriteString("queue", Queue);
        json.WriteNumber("count", Count);
        json.WriteStartArray("reasons");
        foreach (var reason in Reasons)
        {
            json.WriteStartObject();
            json.WriteString("reason", reason.Text);
            json.WriteNumber("count", reason.Count);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }
}

/// <summary>A reason, and how many of the peeked messages have it.</summary>
internal sealed record PoisonReason(string Text, int Count);
