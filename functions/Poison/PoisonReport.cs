using System.Text;
using System.Text.Json;
using Mirror.Functions.Output;
using Mirror.Storage;

namespace Mirror.Functions.Poison;

/// <summary>What lay in the poison queues of one app when they were looked at, kept beside the ledgers for the status page: each app's own,
/// where several share a state.</summary>
/// <param name="App">Which one.</param>
/// <param name="At">When; the state's own times change when it is copied.</param>
/// <param name="Queues">Those in which there was something.</param>
internal sealed record PoisonReport(string App, DateTimeOffset At, IReadOnlyList<PoisonedQueue> Queues)
{
    /// <summary>No mirror's: theirs begin with what base64 makes of a brace.</summary>
    private const string Prefix = "poison-";

    private const string Suffix = ".json";

    // Of an app that is gone nothing is said any more. One that runs writes each quarter of an hour.
    private static readonly TimeSpan Life = TimeSpan.FromDays(1);

    // Who can write to the state must not make a page endless.
    private const int MaxCount = 100;

    // A peek of each queue, with reasons that are bounded.
    private const int MaxSize = 256 * 1024;

    internal static string Key(string app) => $"{Prefix}{app}{Suffix}";

    /// <summary>Of all apps that share the state, those that still write.</summary>
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

    /// <summary>Null where none was written, or none that can be read: the next one replaces it.</summary>
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

/// <param name="Queue">Its name, with <c>-poison</c>.</param>
/// <param name="Count">How many messages lie in it, about.</param>
/// <param name="Reasons">Of the first of them, <see cref="PoisonQueues.PeekCount"/> at most.</param>
internal sealed record PoisonedQueue(string Queue, int Count, IReadOnlyList<PoisonReason> Reasons)
{
    /// <summary>Whose it is, where it is another app's; null of our own.</summary>
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

/// <summary>Why messages are there, and how many of those that were looked at.</summary>
internal sealed record PoisonReason(string Text, int Count);
