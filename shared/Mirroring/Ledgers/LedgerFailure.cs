using System.Text.Json;

namespace Mirror.Mirroring;

/// <summary>What went wrong the last time, kept for <c>mirror status</c> until a run goes well.</summary>
public sealed record LedgerFailure(DateTimeOffset At, string Reason, string Message)
{
    /// <param name="redact">Takes secrets out: what is kept is read by more people than a run's own output, and for longer.</param>
    internal static LedgerFailure? Of(MirrorError? error, DateTimeOffset at, Func<string, string> redact) =>
        error is null ? null : new LedgerFailure(at, error.Reason, redact(error.Message));

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
