using System.Globalization;
using System.Text.Json;
using Mirror.Git;

namespace Mirror.Mirroring;

/// <summary>A chain's state as JSON, the same in heads and ledgers. Reading throws only <see cref="FormatException"/>.</summary>
internal static class StateJson
{
    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss'Z'";

    public static void WriteNumbers(Utf8JsonWriter json, ChainState state)
    {
        json.WriteNumber("generation", state.Generation);
        json.WriteNumber("sequence", state.Sequence);
        json.WriteString("object_format", state.Format.Name);
    }

    public static IEnumerable<JsonPause> WriteContent(Utf8JsonWriter json, ChainState state)
    {
        json.WriteString("head", state.Head?.Value);
        json.WriteStartArray("managed");
        foreach (var pattern in state.Managed)
        {
            json.WriteStringValue(pattern);
        }
        json.WriteEndArray();
        json.WriteStartObject("refs");
        foreach (var found in state.Refs)
        {
            Write(json, found);
            yield return default;
        }
        json.WriteEndObject();
        json.WriteStartArray("chain");
        foreach (var entry in state.Chain)
        {
            Write(json, entry);
            yield return default;
        }
        json.WriteEndArray();
    }

    /// <summary>The approximate size of a state as JSON.</summary>
    public static int SizeOf(ChainState? state) => state is null ? 1024
        : (int)Math.Min(Array.MaxLength,
            4096 + (state.Chain.Count * 1024L) + state.Refs.NamesSize + (state.Refs.Count * (16L + state.Format.HexSize)));

    public static ChainState Read(JsonFields fields)
    {
        var format = fields.Text("object_format") switch
        {
            "sha1" => ObjectFormat.Sha1,
            "sha256" => ObjectFormat.Sha256,
            var other => throw new FormatException($"object_format '{other}' is not known"),
        };
        var state = new ChainState(fields.Number("generation"), format)
        {
            Chain = [.. fields.Objects("chain").Select(ReadEntry)],
            Managed = fields.Texts("managed"),
            Refs = ReadRefs(fields, format),
            Head = fields.OptionalText("head") is { } head ? RefName.Parse(head) : null,
        };
        Check(state, fields.Number("sequence"));
        return state;
    }

    public static void WriteTime(Utf8JsonWriter json, string name, DateTimeOffset time) =>
        json.WriteString(name, time.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture));

    public static DateTimeOffset ReadTime(JsonFields fields, string name) =>
        DateTimeOffset.TryParseExact(fields.Text(name), TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal,
            out var time)
            ? time
            : throw new FormatException($"{name} is not a time");

    private static void Write(Utf8JsonWriter json, Ref found)
    {
        Span<byte> hex = stackalloc byte[ObjectFormat.Sha256.HexSize];
        found.Id.WriteHex(hex);
        json.WriteString(found.Name.Utf8, hex[..found.Id.Format.HexSize]);
    }

    private static void Write(Utf8JsonWriter json, ChainEntry entry)
    {
        json.WriteStartObject();
        json.WriteNumber("sequence", entry.Sequence);
        json.WriteString("kind", entry.Kind == BundleKind.Full ? "full" : "delta");
        json.WriteString("key", entry.Key);
        json.WriteNumber("size", entry.Size);
        json.WriteString("sha256", entry.Sha256);
        json.WriteString("header_sha256", entry.HeaderSha256);
        json.WriteString("refs_digest", entry.RefsDigest);
        WriteTime(json, "written", entry.Written);
        json.WriteEndObject();
    }

    private static ChainEntry ReadEntry(JsonFields fields) => new(
        fields.Number("sequence"),
        fields.Text("kind") switch
        {
            "full" => BundleKind.Full,
            "delta" => BundleKind.Delta,
            var other => throw new FormatException($"kind '{other}' is not known"),
        },
        fields.Text("key"))
    {
        Size = fields.Number("size"),
        Sha256 = fields.Text("sha256"),
        HeaderSha256 = fields.Text("header_sha256"),
        RefsDigest = fields.Text("refs_digest"),
        Written = ReadTime(fields, "written"),
    };

    private static RefList ReadRefs(JsonFields fields, ObjectFormat format)
    {
        var refs = fields.Refs ?? throw new FormatException("refs is not an object");
        foreach (var found in refs)
        {
            if (found.Id.Format != format || found.Id.IsNull)
            {
                throw new FormatException($"'{found.Id}' is not a {format} id");
            }
        }
        return refs;
    }

    private static void Check(ChainState state, long sequence)
    {
        if (state.Chain.Count == 0 || state.Chain[0].Kind != BundleKind.Full || state.Sequence != sequence)
        {
            throw new FormatException("the chain does not go from a full bundle to the head's sequence");
        }
        for (var i = 1; i < state.Chain.Count; i++)
        {
            if (state.Chain[i].Sequence != state.Chain[i - 1].Sequence + 1)
            {
                throw new FormatException("the chain has a gap");
            }
        }
        var managed = RefMap.Parse(state.Managed);
        foreach (var found in state.Refs)
        {
            if (!managed.Manages(found.Name))
            {
                throw new FormatException($"{found.Name} is not among the managed refs");
            }
        }
        if (RefsDigest.Of(state.Refs) != state.Last.RefsDigest)
        {
            throw new FormatException("the refs are not those of the chain's end");
        }
    }
}
