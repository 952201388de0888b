using System.Text;
using System.Text.Json;

namespace Mirror.Mirroring.Tests.Documentation;

/// <summary>The head in docs/example, read with age and a JSON parser alone.</summary>
internal sealed class ExampleHead
{
    private const string Armor = "-----BEGIN SSH SIGNATURE-----\n";

    private const string ArmorEnd = "-----END SSH SIGNATURE-----\n";

    private ExampleHead(byte[] payload)
    {
        var end = payload.AsSpan().IndexOf("\n\n"u8) + 1;
        (Signature, Json) = (Encoding.ASCII.GetString(payload, 0, end), payload[(end + 1)..]);
        Fields = JsonDocument.Parse(Json).RootElement;
        Entries = [.. Fields.GetProperty("chain").EnumerateArray()];
    }

    public string Signature { get; }

    /// <summary>What was signed.</summary>
    public byte[] Json { get; }

    public JsonElement Fields { get; }

    /// <summary>Of the chain.</summary>
    public IReadOnlyList<JsonElement> Entries { get; }

    public byte[] SignatureBytes => Convert.FromBase64String(Signature[Armor.Length..^ArmorEnd.Length]);

    public static async Task<ExampleHead> ReadAsync() => new(await ExampleBucket.DecryptAsync(ObjectKey.OfHead(ExampleBucket.Mirror)));

    /// <summary>The JSON as docs/format.md has it: what is long is cut short.</summary>
    public string Abridged() => $$"""
        {
          "format": {{Fields.GetProperty("format")}},
          "mirror": "{{Text("mirror")}}",
          "generation": {{Fields.GetProperty("generation")}},
          "sequence": {{Fields.GetProperty("sequence")}},
          "object_format": "{{Text("object_format")}}",
          "written": "{{Text("written")}}",
          "expires": "{{Text("expires")}}",
          "head": "{{Text("head")}}",
          "managed": [{{string.Join(", ", Managed.Select(pattern => $"\"{pattern}\""))}}],
          "refs": { {{string.Join(", ", Refs.Select(found => $"\"{found.Name}\": \"{found.Value}\""))}} },
          "chain": [
        {{string.Join(",\n", Entries.Select(Abridged))}}
          ]
        }

        """;

    /// <summary>Their names and ids, in the head's order.</summary>
    public IEnumerable<JsonProperty> Refs => Fields.GetProperty("refs").EnumerateObject();

    private IEnumerable<JsonElement> Managed => Fields.GetProperty("managed").EnumerateArray();

    private string Text(string field) => Fields.GetProperty(field).GetString()!;

    private static string Abridged(JsonElement entry)
    {
        var key = Text("key");
        string[] first =
        [
            $"\"sequence\": {Text("sequence")}", $"\"kind\": \"{Text("kind")}\"",
            $"\"key\": \"{key[..4]}…{key[key.IndexOf('.', StringComparison.Ordinal)..]}\"",
            $"\"size\": {Text("size")}", Digest("sha256"),
        ];
        string[] second = [Digest("header_sha256"), Digest("refs_digest"), $"\"written\": \"{Text("written")}\""];
        return $"    {{ {string.Join(", ", first)},\n      {string.Join(", ", second)} }}";

        string Text(string field) => entry.GetProperty(field).ToString();
        string Digest(string field) => $"\"{field}\": \"{Text(field)[..4]}…\"";
    }
}
