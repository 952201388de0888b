using System.Buffers;
using System.Buffers.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Mirror.Mirroring;

/// <summary>
/// The keys of objects in a transfer bucket: <c>base64url(JSON)</c> and a suffix. The JSON begins with the destination, so that all
/// objects of a mirror share a prefix. Its first fields are those of git-partition-sync, which its users know.
/// </summary>
public static class ObjectKey
{
    public const string BundleSuffix = ".bundle.age";
    public const string HeadSuffix = ".head.age";

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string OfHead(string mirror) => Encoded(mirror, more: null) + HeadSuffix;

    public static string OfBundle(BundleName name) => Encoded(name.Mirror, json =>
    {
        json.WriteString("commit_sha", name.CommitId);
        json.WriteString("branch", name.Branch);
        json.WriteString("local_branch", name.LocalBranch);
        json.WriteNumber("generation", name.Generation);
        json.WriteNumber("sequence", name.Sequence);
    }) + BundleSuffix;

    /// <summary>The key of a mirror's own state, which is not in a transfer bucket.</summary>
    internal static string OfLedger(string mirror, string suffix) => Encoded(mirror, more: null) + suffix;

    /// <summary>The mirror of a state key with this suffix, or null.</summary>
    internal static string? ParseLedger(string key, string suffix) => key.EndsWith(suffix, StringComparison.Ordinal)
        ? Parse(key[..^suffix.Length], fields => MirrorOf(fields))
        : null;

    /// <summary>The prefix of all keys of a mirror. Few other mirrors have keys with this prefix.</summary>
    public static string Prefix(string mirror)
    {
        // Without the closing brace, and only whole groups of three bytes: their base64 does not depend on the bytes after them.
        var json = Json(mirror, more: null)[..^1];
        return Base64Url.EncodeToString(json.AsSpan(0, json.Length / 3 * 3));
    }

    /// <summary>The same prefix in standard base64.</summary>
    internal static string StandardPrefix(string mirror) => Prefix(mirror).Replace('-', '+').Replace('_', '/');

    /// <summary>The mirror of a head's key, or null for any other key.</summary>
    public static string? ParseHead(string key) => key.EndsWith(HeadSuffix, StringComparison.Ordinal)
        ? Parse(key[..^HeadSuffix.Length], fields => MirrorOf(fields))
        : null;

    /// <summary>The contents of a bundle's key, or null for any other key.</summary>
    public static BundleName? ParseBundle(string key) => key.EndsWith(BundleSuffix, StringComparison.Ordinal)
        ? Parse(key[..^BundleSuffix.Length], fields => MirrorOf(fields) is { } mirror
            ? new BundleName(mirror, Number(fields, "generation"), Number(fields, "sequence"))
            {
                CommitId = Text(fields, "commit_sha") ?? "",
                Branch = Text(fields, "branch") ?? "",
                LocalBranch = Text(fields, "local_branch") ?? "",
            }
            : null)
        : null;

    private static string Encoded(string mirror, Action<Utf8JsonWriter>? more) => Base64Url.EncodeToString(Json(mirror, more));

    private static byte[] Json(string mirror, Action<Utf8JsonWriter>? more)
    {
        var slash = mirror.LastIndexOf('/');
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            json.WriteString("group", mirror.AsSpan(0, Math.Max(slash, 0)));
            json.WriteString("project_name", mirror.AsSpan(slash + 1));
            more?.Invoke(json);
            json.WriteEndObject();
        }
        return buffer.WrittenSpan.ToArray();
    }

    private static T? Parse<T>(string encoded, Func<JsonElement, T?> read)
        where T : class
    {
        try
        {
            // git-partition-sync writes standard base64.
            var bytes = Base64Url.DecodeFromChars(encoded.TrimEnd('=').Replace('+', '-').Replace('/', '_'));
            using var document = JsonDocument.Parse(bytes);
            return document.RootElement.ValueKind == JsonValueKind.Object ? read(document.RootElement) : null;
        }
        catch (Exception foreign) when (foreign is FormatException or JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static string? MirrorOf(JsonElement fields) => (Text(fields, "group"), Text(fields, "project_name")) switch
    {
        (_, null or "") => null,
        (null or "", var project) => project,
        var (group, project) => $"{group}/{project}",
    };

    private static string? Text(JsonElement fields, string name) =>
        fields.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    // The limit of numbers in keys. Anyone who can write to the bucket could otherwise create a key after which no higher number is left.
    // Real chains never get this far.
    internal const long MaxNumber = 1L << 40;

    private static long Number(JsonElement fields, string name) =>
        fields.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number)
            && number is >= 0 and < MaxNumber ? number : 0;
}

/// <summary>The contents of a bundle's key.</summary>
public sealed record BundleName(string Mirror, long Generation, long Sequence)
{
    public ChainPosition Position => new(Generation, Sequence);

    /// <summary>The tip of the mirrored branch, or of the default branch if there are several.</summary>
    public required string CommitId { get; init; }

    /// <summary>The destination's branch, or the pattern if there are several.</summary>
    public required string Branch { get; init; }

    /// <summary>The source's branch, or the pattern if there are several.</summary>
    public required string LocalBranch { get; init; }
}
