using System.Text.Json;

namespace Mirror.Mirroring;

/// <summary>What a consumer's own refs made of the head at its mark.</summary>
/// <param name="Refs">Its own refs, as one text: a change of them is seen by it.</param>
/// <param name="Digest">What the refs within them should be.</param>
/// <param name="Outside">Of the names of the head's refs that are outside of them: a change of those is said once.</param>
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
