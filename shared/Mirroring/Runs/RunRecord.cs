using System.Text.Json;
using Mirror.Storage;

namespace Mirror.Mirroring;

/// <summary>The history of a mirror's runs on one side, for people.
/// It is stored beside the ledgers, and no decision depends on it.</summary>
/// <param name="Job">produce, consume or sync.</param>
public sealed record RunRecord(string Mirror, string Job)
{
    // As many as a page can show. Runs without changes are not listed.
    private const int MaxCount = 50;

    // Room for 50 runs with messages.
    private const int MaxSize = 256 * 1024;

    // The log has the whole error.
    private const int MaxMessageSize = 1000;

    /// <summary>When the last run ended.</summary>
    public DateTimeOffset At { get; init; }

    /// <summary>When the first run ended.</summary>
    public DateTimeOffset Since { get; init; }

    /// <summary>When the first of the current failures ended; null if the last run succeeded.</summary>
    public DateTimeOffset? FailingSince { get; init; }

    /// <summary>When the last run ended that has itself seen the destination equal: <see cref="MirrorOutcome.IsProven"/>.</summary>
    public DateTimeOffset? Proven { get; init; }

    /// <summary>Whether the last run succeeded, with or without a proof that the destination is equal.</summary>
    public bool WentWell { get; init; }

    /// <summary>Runs that changed something or failed, the newest first.</summary>
    public IReadOnlyList<RecordedRun> Runs { get; init; } = [];

    /// <summary>All runs since the record began.</summary>
    public RunTotals Totals { get; init; } = RunTotals.None;

    public static string Key(string mirror, string job) => ObjectKey.OfLedger(mirror, $".{job}.runs.json");

    /// <summary>Null if there is none, or none that can be read.</summary>
    public static async Task<RunRecord?> TryReadAsync(ObjectStore state, string mirror, string job, CancellationToken cancellation)
    {
        try
        {
            return await state.TryReadAsync(Key(mirror, job), MaxSize, cancellation) is { } content
                ? JsonDocuments.Read(content.Bytes, Read)
                : null;
        }
        catch (Exception unreadable) when (unreadable is FormatException or StorageException { Failure: StorageFailure.Invalid })
        {
            // The record starts again. It was only for people.
            return null;
        }
    }

    /// <summary>Adds a run. Of two concurrent runs one may be lost, which does not matter.</summary>
    public static async Task AddAsync(ObjectStore state, EndedRun ended, CancellationToken cancellation)
    {
        var (job, outcome, now) = (ended.Job, ended.Outcome, ended.At);
        var before = await TryReadAsync(state, outcome.Mirror, job, cancellation) ?? new RunRecord(outcome.Mirror, job) { Since = now };
        if (before.StandsFor(ended))
        {
            return;
        }
        var run = new RecordedRun(now, outcome.Kind, outcome.Sequence, outcome.Bytes, outcome.Elapsed)
        { Failure = Shortened(LedgerFailure.Of(outcome, now, ended.Redact)) };
        var record = before with
        {
            At = now,
            Proven = outcome.IsProven ? now : before.Proven,
            WentWell = outcome.IsGood,
            FailingSince = outcome.IsGood ? null : before.FailingSince ?? now,
            Totals = before.Totals.With(outcome),
            Runs = outcome.Kind == OutcomeKind.Unchanged ? before.Runs : [run, .. before.Runs.Take(MaxCount - 1)],
        };
        await state.PutAsync(Key(outcome.Mirror, job), record.ToJson(), WriteCondition.None, cancellation);
    }

    /// <summary>Whether the record already says, recently enough, what a run without changes would write.</summary>
    private bool StandsFor(EndedRun ended)
    {
        var age = ended.At - (ended.Outcome.IsProven ? Proven : At);
        return ended.Outcome.Kind == OutcomeKind.Unchanged && WentWell && age >= TimeSpan.Zero && age < ended.Life;
    }

    private static LedgerFailure? Shortened(LedgerFailure? failure) =>
        failure?.Message.Length > MaxMessageSize ? failure with { Message = $"{failure.Message[..MaxMessageSize]}…" } : failure;

    private ReadOnlyMemory<byte> ToJson() => JsonDocuments.Write(json =>
    {
        json.WriteNumber("format", 1);
        json.WriteString("mirror", Mirror);
        json.WriteString("job", Job);
        StateJson.WriteTime(json, "at", At);
        StateJson.WriteTime(json, "since", Since);
        if (FailingSince is { } failing)
        {
            StateJson.WriteTime(json, "failing_since", failing);
        }
        if (Proven is { } proven)
        {
            StateJson.WriteTime(json, "proven", proven);
        }
        json.WriteString("last", WentWell ? "good" : "bad");
        Totals.Write(json);
        json.WriteStartArray("runs");
        foreach (var run in Runs)
        {
            run.Write(json);
        }
        json.WriteEndArray();
    });

    private static RunRecord Read(JsonFields fields)
    {
        var at = StateJson.ReadTime(fields, "at");
        var record = new RunRecord(fields.Text("mirror"), fields.Text("job"))
        {
            // Older records called every successful run proven.
            WentWell = (fields.OptionalText("last") ?? (fields.OptionalText("proven") == fields.Text("at") ? "good" : "bad")) == "good",
            At = at,
            Proven = OptionalTime(fields, "proven"),
            Totals = fields.OptionalObject("totals") is { } totals ? RunTotals.Read(totals) : RunTotals.None,
            Runs = [.. fields.Objects("runs").Select(RecordedRun.Read)],
        };
        return record with
        {
            Since = OptionalTime(fields, "since") ?? record.Runs.Select(run => run.At).Append(at).Min(),
            FailingSince = record.WentWell ? null : OptionalTime(fields, "failing_since") ?? record.FailingByRuns,
        };
    }

    /// <summary>The value of <see cref="FailingSince"/> for older records, which lack it.</summary>
    private DateTimeOffset FailingByRuns =>
        Runs.TakeWhile(run => run.Failure is not null && !(run.At <= Proven)).Select(run => run.At).Append(At).Min();

    private static DateTimeOffset? OptionalTime(JsonFields fields, string name) =>
        fields.OptionalText(name) is null ? null : StateJson.ReadTime(fields, name);
}

/// <summary>A run to record.</summary>
/// <param name="Redact">Redacts secrets in its error.</param>
public sealed record EndedRun(string Job, MirrorOutcome Outcome, DateTimeOffset At, Func<string, string> Redact)
{
    /// <summary>
    /// How long a record stands for runs without changes, which are then neither written nor counted. Zero writes each.
    /// </summary>
    public TimeSpan Life { get; init; }
}

/// <summary>One run in the record.</summary>
public sealed record RecordedRun(DateTimeOffset At, OutcomeKind Kind, long? Sequence, long Bytes, TimeSpan Elapsed)
{
    public LedgerFailure? Failure { get; init; }

    internal void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        StateJson.WriteTime(json, "at", At);
        json.WriteString("outcome", Kind.ToString().ToLowerInvariant());
        json.WriteNumber("sequence", Sequence ?? 0);
        json.WriteNumber("bytes", Bytes);
        json.WriteNumber("milliseconds", (long)Elapsed.TotalMilliseconds);
        LedgerFailure.Write(json, Failure);
        json.WriteEndObject();
    }

    internal static RecordedRun Read(JsonFields fields) => new(
        StateJson.ReadTime(fields, "at"),
        Enum.TryParse<OutcomeKind>(fields.Text("outcome"), ignoreCase: true, out var kind)
            ? kind
            : throw new FormatException("no such outcome"),
        fields.Number("sequence") is > 0 and var sequence ? sequence : null,
        fields.Number("bytes"),
        RunTotals.ReadElapsed(fields))
    {
        Failure = LedgerFailure.Read(fields) is { } failure ? failure with { IsHeld = kind == OutcomeKind.Held } : null,
    };
}
