using System.Text.Json;

namespace Mirror.Mirroring;

/// <summary>What went wrong the last time, kept for <c>mirror status</c> until a run goes well.</summary>
public sealed record LedgerFailure(DateTimeOffset At, string Reason, string Message)
{
    internal static LedgerFailure? Of(MirrorError? error, DateTimeOffset at) => error is null ? null : new LedgerFailure(at, error.Reason, error.Message);

    internal static LedgerFailure? Read(JsonFields fields) => fields.OptionalObject("failed") is { } failed
        ? new LedgerFailure(StateJson.ReadTime(failed, "at"), failed.Text("reason"), failed.Text("message"))
        : null;

    internal static void Write(Utf8JsonWriter json, LedgerFailure? failure)
    {
        if (failure is null)
        {
            return;
        }
        json.WriteStartObject("failed");
        StateJson.WriteTime(json, "at", failure.At);
        json.WriteString("reason", failure.Reason);
        json.WriteString("message", failure.Message);
        json.WriteEndObject();
    }
}
