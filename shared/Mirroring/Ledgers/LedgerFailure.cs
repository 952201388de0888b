using System.Text.Json;

namespace Mirror.Mirroring;

/// <summary>The last failure, kept for <c>mirror status</c> until a run succeeds.</summary>
public sealed record LedgerFailure(DateTimeOffset At, Reason Reason, string Message)
{
    private const string Held = "held";

    /// <summary>Whether a policy held the mirror, as in <see cref="OutcomeKind.Held"/>. Older ledgers do not have it.</summary>
    public bool IsHeld { get; init; }

    /// <summary>See <see cref="MirrorError.Advice"/>.</summary>
    public string? Advice { get; init; }

    /// <summary>The next action for a person; null if the message is enough.</summary>
    public string? NextAction => Advice ?? Reason.NextAction;

    /// <param name="redact">Redacts secrets, since a ledger is read by more people than a run's own output, and for longer.</param>
    internal static LedgerFailure? Of(MirrorOutcome outcome, DateTimeOffset at, Func<string, string> redact) =>
        Of(outcome.Error, at, redact) is { } failure ? failure with { IsHeld = outcome.Kind == OutcomeKind.Held } : null;

    /// <summary>The failure for refused refs, which is never held.</summary>
    internal static LedgerFailure? Of(MirrorError? error, DateTimeOffset at, Func<string, string> redact) =>
        error is null ? null : new LedgerFailure(at, error.Reason, redact(error.Message))
        {
            Advice = error.Advice is { } advice ? redact(advice) : null,
        };

    internal static LedgerFailure? Read(JsonFields fields) => fields.OptionalObject("failed") is { } failed
        ? new LedgerFailure(StateJson.ReadTime(failed, "at"), Reason.Named(failed.Text("reason")), failed.Text("message"))
        {
            IsHeld = failed.OptionalText("outcome") == Held,
            Advice = failed.OptionalText("next"),
        }
        : null;

    internal static void Write(Utf8JsonWriter json, LedgerFailure? failure)
    {
        if (failure is null)
        {
            return;
        }
        json.WriteStartObject("failed");
        StateJson.WriteTime(json, "at", failure.At);
        json.WriteString("reason", failure.Reason.Word);
        json.WriteString("message", failure.Message);
        if (failure.IsHeld)
        {
            json.WriteString("outcome", Held);
        }
        if (failure.Advice is { } advice)
        {
            json.WriteString("next", advice);
        }
        json.WriteEndObject();
    }
}
