using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Azure.Storage.Queues.Models;

namespace Mirror.Tests.FunctionsHost.Queues;

/// <summary>What a message is to the function: its data and its metadata.</summary>
internal static class MessageBody
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: false);

    /// <summary>The bytes of a message, or null when they are not what messageEncoding says.</summary>
    public static byte[]? Decode(string text, bool isBase64)
    {
        if (!isBase64)
        {
            return Utf8.GetBytes(text);
        }
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var size) ? bytes[..size] : null;
    }

    /// <summary>Binary: the bytes as base64. Else the text as JSON, which becomes JSON once more with the rest of the call.</summary>
    public static JsonNode Data(byte[] body, bool isBinary) => isBinary ? Convert.ToBase64String(body) : Quote(Utf8.GetString(body));

    /// <summary>Of a message that is not binary, the fields go before those of the host that have the same name in any case.</summary>
    public static JsonObject Metadata(QueueMessage message, long dequeueCount, byte[]? text)
    {
        var metadata = new JsonObject(Json.AnyCase)
        {
            ["DequeueCount"] = Quote(dequeueCount),
            ["ExpirationTime"] = message.ExpiresOn,
            ["Id"] = Quote(message.MessageId),
            ["InsertionTime"] = message.InsertedOn,
            ["NextVisibleTime"] = message.NextVisibleOn,
            ["PopReceipt"] = Quote(message.PopReceipt),
        };
        foreach (var (name, value) in text is null ? [] : Fields(text))
        {
            metadata[name] = value is JsonObject nested ? nested.DeepClone() : Quote($"{value}");
        }
        return metadata;
    }

    /// <summary>The fields of a JSON message that hide what the host says of it.</summary>
    public static IEnumerable<string> HidingFields(byte[] body) => Fields(body).Select(field => field.Key)
        .Where(name => TheHostsOwn.Contains(name, StringComparer.OrdinalIgnoreCase));

    private static readonly string[] TheHostsOwn =
        ["id", "dequeueCount", "popReceipt", "insertionTime", "expirationTime", "nextVisibleTime", "sys", "retryContext"];

    private static JsonObject Fields(byte[] body)
    {
        try
        {
            return JsonNode.Parse(body, Json.AnyCase) as JsonObject ?? [];
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            // Not JSON, or a name twice: it has no fields then.
            return [];
        }
    }

    /// <summary>
    /// The host writes a value that is no object as JSON, and puts that text in place of the value: 1 is "1", and a is "\"a\"".
    /// </summary>
    private static string Quote<T>(T value) => JsonSerializer.Serialize(value, Json.Plain);
}
