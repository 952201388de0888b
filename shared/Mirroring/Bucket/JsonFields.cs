using System.Text.Json;
using Mirror.Git;

namespace Mirror.Mirroring;

/// <summary>The fields of a JSON object from outside. A missing field or one of another type is a
/// <see cref="FormatException"/>.</summary>
internal readonly struct JsonFields
{
    private readonly JsonElement _object;

    public JsonFields(JsonElement element) =>
        _object = element.ValueKind == JsonValueKind.Object ? element : throw new FormatException("not an object");

    /// <summary>The document's refs, if it has any.</summary>
    public RefList? Refs { get; init; }

    public bool Has(string name) => _object.TryGetProperty(name, out _);

    public string Text(string name) => OptionalText(name) ?? throw new FormatException($"{name} is missing");

    public string? OptionalText(string name)
    {
        try
        {
            return Find(name) is { } value
                ? value.ValueKind == JsonValueKind.String ? value.GetString() : throw new FormatException($"{name} is not a text")
                : null;
        }
        catch (InvalidOperationException notUnicode)
        {
            throw new FormatException($"{name} is not Unicode", notUnicode);
        }
    }

    public long Number(string name) => OptionalNumber(name) ?? throw new FormatException($"{name} is missing");

    public long? OptionalNumber(string name) => Find(name) is { } value
        ? value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) && number >= 0 ? number
            : throw new FormatException($"{name} is not a whole number")
        : null;

    public JsonFields? OptionalObject(string name) => Find(name) is { } value ? new JsonFields(value) { Refs = Refs } : null;

    public IEnumerable<JsonFields> Objects(string name) => Elements(name).Select(element => new JsonFields(element));

    public IReadOnlyList<string> Texts(string name) => [.. Elements(name).Select(element =>
        element.ValueKind == JsonValueKind.String ? element.GetString()! : throw new FormatException($"{name} has what is not a text"))];

    /// <summary>Empty if the field is missing.</summary>
    public IReadOnlyList<string> OptionalTexts(string name) => Find(name) is null ? [] : Texts(name);

    private JsonElement Object(string name) =>
        Find(name) is { ValueKind: JsonValueKind.Object } value ? value : throw new FormatException($"{name} is not an object");

    /// <summary>Pairs whose names must be unique.</summary>
    public IReadOnlyDictionary<string, string> Map(string name)
    {
        var map = new Dictionary<string, string>();
        foreach (var (key, text) in Pairs(Object(name), name))
        {
            if (!map.TryAdd(key, text))
            {
                throw new FormatException($"{name} has '{key}' twice");
            }
        }
        return map;
    }

    private static IEnumerable<(string Name, string Text)> Pairs(JsonElement pairs, string name)
    {
        foreach (var pair in pairs.EnumerateObject())
        {
            yield return (pair.Name, pair.Value.ValueKind == JsonValueKind.String ? pair.Value.GetString()! : throw new FormatException(
                $"{name} has what is not a text"));
        }
    }

    private JsonElement.ArrayEnumerator Elements(string name) => Find(name) is { ValueKind: JsonValueKind.Array } value
        ? value.EnumerateArray()
        : throw new FormatException($"{name} is not a list");

    private JsonElement? Find(string name) =>
        _object.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
}
