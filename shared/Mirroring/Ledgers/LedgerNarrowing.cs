using System.Text.Json;

namespace Mirror.Mirroring;

/// <summary>The effect of a consumer's own refs on the head at its mark.</summary>
/// <param name="Refs">Its own refs, as one text, to notice when they change.</param>
/// <param name="Digest">The expected digest of the refs within them.</param>
/// <param name="Outside">The digest of the names of the head's other refs. When it changes, these refs are reported once.</param>
public sealed record LedgerNarrowing(string Refs, string Digest, string Outside)
{
    internal static LedgerNarrowing? Read(JsonFields fields) => fields.OptionalObject("narrowing") is { } narrowing
        ? new LedgerNarrowing(narrowing.Text("refs"), narrowing.Text("digest"), narrowing.Text("outside"))
        : null;

    internal static void Write(Utf8JsonWriter json, LedgerNarrowing? narrowing)
    {
        if (narrowing is null)
        {
            return;
        }
        json.WriteStartObject("narrowing");
        json.WriteString("refs", narrowing.Refs);
        json.WriteString("digest", narrowing.Digest);
        json.WriteString("outside", narrowing.Outside);
        json.WriteEndObject();
    }
}
