using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Mirror.Tests.FunctionsHost.Package;

/// <summary>host.json, value by value. A setting <c>AzureFunctionsJobHost__a__b</c> goes before what the file has at <c>a.b</c>.</summary>
internal sealed class HostJson
{
    private readonly JsonObject _root;
    private readonly AppSettings _settings;

    private HostJson(JsonObject root, AppSettings settings)
    {
        _root = root;
        _settings = settings;
    }

    public static HostJson Parse(string text, AppSettings settings)
    {
        try
        {
            return JsonNode.Parse(text, Json.AnyCase, Json.Tolerant) is JsonObject root
                ? new HostJson(root, settings)
                : throw new HostRefusedException("host.json is not an object");
        }
        catch (JsonException e)
        {
            throw new HostRefusedException($"host.json is not JSON: {e.Message}", e);
        }
    }

    public string? Text(string path) => _settings.Find($"AzureFunctionsJobHost__{path.Replace(".", "__", StringComparison.Ordinal)}")
        ?? (Node(path) as JsonValue)?.ToString();

    public IReadOnlyList<string> Texts(string path) => Node(path) switch
    {
        null => [],
        JsonArray items => [.. items.Select(item => item?.ToString() ?? "")],
        _ => throw Refuse(path, "is not a list"),
    };

    public bool IsTrue(string path) => Text(path) is { } text
        && (bool.TryParse(text, out var value) ? value : throw Refuse(path, $"is '{text}', and not true or false"));

    public int? Count(string path, int least, int most)
    {
        if (Text(path) is not { } text)
        {
            return null;
        }
        return int.TryParse(text, CultureInfo.InvariantCulture, out var count) && count >= least && count <= most
            ? count
            : throw Refuse(path, $"is '{text}', and not a number from {least} to {most}");
    }

    public TimeSpan? Time(string path, TimeSpan least)
    {
        if (Text(path) is not { } text)
        {
            return null;
        }
        return TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var time) && time >= least
            ? time
            : throw Refuse(path, $"is '{text}', and not a time of at least {least}");
    }

    public bool Has(string path) => Node(path) is not null;

    private JsonNode? Node(string path)
    {
        JsonNode? node = _root;
        foreach (var name in path.Split('.'))
        {
            node = (node as JsonObject)?[name];
        }
        return node;
    }

    public static HostRefusedException Refuse(string path, string why) => new($"host.json: {path} {why}");
}
