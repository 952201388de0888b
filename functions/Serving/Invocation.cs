using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Mirror.Functions.Serving;

/// <summary>One call of the Functions host: <c>{"Data":{"BINDING":…},"Metadata":{…}}</c>, and the fields that are used.</summary>
internal sealed record Invocation(string Function, string Id, JsonElement Data, JsonElement Metadata)
{
    public static Invocation Parse(string function, string id, ReadOnlyMemory<byte> body)
    {
        using var document = Read(body);
        var root = document.RootElement;
        return root.ValueKind == JsonValueKind.Object
            && root.TryGetProperty(nameof(Data), out var data) && data.ValueKind == JsonValueKind.Object
            ? new Invocation(function, id, data.Clone(),
                root.TryGetProperty(nameof(Metadata), out var metadata) ? metadata.Clone() : default)
            : throw new FormatException("the call has no Data: it is not one of the Functions host");
    }

    /// <summary>The bytes of a queue message. The host sends base64 if function.json has <c>"dataType": "binary"</c>. Otherwise it sends
    /// the text as JSON, or JSON within JSON, which is accepted too.</summary>
    public ReadOnlyMemory<byte> Message(string binding)
    {
        if (!Data.TryGetProperty(binding, out var value))
        {
            throw new FormatException($"the call has no '{binding}'");
        }
        if (value.ValueKind != JsonValueKind.String)
        {
            return Encoding.UTF8.GetBytes(value.GetRawText());
        }
        var text = value.GetString()!;
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var size) ? bytes.AsMemory(0, size) : Encoding.UTF8.GetBytes(Unwrap(text));
    }

    /// <summary>How often the message was taken from its queue, including this time: a number in a string.
    /// 1 if the host does not send it.</summary>
    public int DequeueCount =>
        Metadata.ValueKind == JsonValueKind.Object && Metadata.TryGetProperty(nameof(DequeueCount), out var count)
            && count.ValueKind == JsonValueKind.String
        && int.TryParse(count.GetString()!.Trim('"'), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 1;

    /// <summary>Whether a timer's call is late.</summary>
    public bool IsPastDue(string binding) =>
        Data.TryGetProperty(binding, out var timer) && timer.ValueKind == JsonValueKind.Object
        && timer.TryGetProperty("IsPastDue", out var late) && late.ValueKind == JsonValueKind.True;

    private static JsonDocument Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            return JsonDocument.Parse(body);
        }
        catch (JsonException wrong)
        {
            throw new FormatException("the call is not JSON", wrong);
        }
    }

    private static string Unwrap(string text)
    {
        if (!text.StartsWith('"'))
        {
            return text;
        }
        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.GetString()!;
        }
        catch (JsonException)
        {
            // Returned as it is, since the code that parses the message has a better error.
            return text;
        }
    }
}
