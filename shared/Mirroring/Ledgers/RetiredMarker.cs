using System.Globalization;
using Mirror.Storage;

namespace Mirror.Mirroring;

/// <summary>Marks a retired mirror beside the ledgers: <c>retired/NAME.json</c>. It stays after the objects are deleted, since consumers
/// refuse a chain that starts again at a generation they have seen.</summary>
internal sealed record RetiredMarker(string Mirror)
{
    public const string Prefix = "retired/";

    private const string Suffix = ".json";

    // A name and a few numbers.
    private const int MaxSize = 4 * 1024;

    /// <summary>When it was retired. A configuration that was read later and lists the mirror starts it again.</summary>
    public DateTimeOffset At { get; init; }

    /// <summary>The mirror's highest generation so far; 0 for none.</summary>
    public long Generation { get; init; }

    /// <summary>Whether all objects in the bucket are deleted.</summary>
    public bool IsDeleted { get; init; }

    public static string Key(string mirror) => $"{Prefix}{ObjectKey.OfLedger(mirror, Suffix)}";

    /// <summary>The mirror of a marker's key, or null.</summary>
    public static string? MirrorOf(string key) => ObjectKey.ParseLedger(key[Prefix.Length..], Suffix);

    public static async Task<RetiredMarker?> TryReadAsync(ObjectStore state, string mirror, CancellationToken cancellation)
    {
        if (await state.TryReadAsync(Key(mirror), MaxSize, cancellation) is not { } content)
        {
            return null;
        }
        try
        {
            return JsonDocuments.Read(content.Bytes, Read) with { Mirror = mirror };
        }
        catch (FormatException)
        {
            // The marker is unreadable, but its existence is what matters.
            return new RetiredMarker(mirror);
        }
    }

    public Task WriteAsync(ObjectStore state, CancellationToken cancellation) => state.PutAsync(Key(Mirror), JsonDocuments.Write(json =>
    {
        json.WriteNumber("format", 1);
        json.WriteString("mirror", Mirror);
        json.WriteString("at", At.UtcDateTime.ToString("O", CultureInfo.InvariantCulture));
        json.WriteNumber("generation", Generation);
        json.WriteNumber("deleted", IsDeleted ? 1 : 0);
    }), WriteCondition.None, cancellation);

    private static RetiredMarker Read(JsonFields fields) => new(fields.Text("mirror"))
    {
        At = DateTimeOffset.TryParse(
            fields.OptionalText("at"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at : default,
        Generation = fields.OptionalNumber("generation") ?? 0,
        IsDeleted = fields.OptionalNumber("deleted") > 0,
    };
}
