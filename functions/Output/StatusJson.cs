using System.Text.Json;
using Mirror.Mirroring;

namespace Mirror.Functions.Output;

/// <summary>A mirror's status as one line of JSON.</summary>
internal static class StatusJson
{
    public static string Line(RememberedMirror mirror, MirrorLag lag, TimeSpan objective) => JsonLine.Of(json =>
    {
        var status = mirror.Status;
        json.WriteString("mirror", status.Mirror);
        JsonLine.WriteObject(json, "produced", status.Produced, ledger => Write(json, ledger, status.RefCount));
        JsonLine.WriteObject(json, "consumed", status.Consumed, ledger => Write(json, ledger, status));
        json.WriteNumber("objective_seconds", (long)objective.TotalSeconds);
        json.WriteStartArray("faults");
        foreach (var fault in status.Faults)
        {
            json.WriteStringValue(fault);
        }
        json.WriteEndArray();
        Write(json, "proven", lag.Proven);
        if (lag.Lag is { } behind)
        {
            json.WriteNumber("lag_seconds", (long)behind.TotalSeconds);
        }
        else
        {
            json.WriteNull("lag_seconds");
        }
        json.WriteBoolean("late", lag.Lag > objective);
    });

    private static void Write(Utf8JsonWriter json, ProducerLedger ledger, int refCount)
    {
        json.WriteNumber("generation", ledger.State?.Generation ?? 0);
        json.WriteNumber("sequence", ledger.State?.Sequence ?? 0);
        json.WriteNumber("refs", refCount);
        json.WriteNumber("full", ledger.State?.CountOf(BundleKind.Full) ?? 0);
        json.WriteNumber("deltas", ledger.State?.CountOf(BundleKind.Delta) ?? 0);
        json.WriteNumber("bytes", ledger.State?.Size ?? 0);
        Write(json, "published", ledger.Published?.PutAt);
        Write(json, ledger.Failure);
    }

    private static void Write(Utf8JsonWriter json, ConsumerLedger ledger, MirrorStatus status)
    {
        json.WriteNumber("generation", ledger.Generation);
        json.WriteNumber("sequence", ledger.Sequence);
        Write(json, "proven", ledger.Proven);
        Write(json, "head_expires", ledger.HeadExpires);
        json.WriteNumber("behind", status.BehindCount);
        Write(json, "behind_since", status.BehindSince);
        JsonLine.WriteMap(json, "set_aside", ledger.SetAside);
        Write(json, ledger.Failure);
    }

    private static void Write(Utf8JsonWriter json, LedgerFailure? failure) => JsonLine.WriteObject(json, "error", failure, each =>
    {
        Write(json, "at", each.At);
        json.WriteString("reason", each.Reason.Word);
        json.WriteString("message", each.Message);
    });

    private static void Write(Utf8JsonWriter json, string name, DateTimeOffset? time) =>
        json.WriteString(name, time is { } at ? Iso8601.Of(at) : null);
}
