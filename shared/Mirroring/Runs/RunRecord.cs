using System.Text.Json;
using Mirror.Storage;

namespace Mirror.Mirroring;

/// <summary>What became of a mirror's runs on one side, for people who look:
/// kept beside the ledgers, and nothing is decided by it.</summary>
/// <param name="Job">produce, consume or sync.</param>
public sealed record RunRecord(string Mirror, string Job)
{
    // What a page can show; a run in which nothing happened takes none.
    private const int MaxCount = 50;

    // 50 runs with messages.
    private const int MaxSize = 256 * 1024;

    // An error is told whole in the log.
    private const int MaxMessageSize = 1000;

    /// <summary>When a run ended last.</summary>
    public DateTimeOffset At { get; init; }

    /// <summary>When the first run ended.</summary>
    public DateTimeOffset Since { get; init; }

    /// <summary>When the first run ended of those that have not gone well since one did; null while they go well.</summary>
    public DateTimeOffset? FailingSince { get; init; }

    /// <summary>When a run last ended that had itself seen the destination equal: <see cref="MirrorOutcome.IsProven"/>.</summary>
    public DateTimeOffset? Proven { get; init; }

    /// <summary>Whether the last run went well, be the destination proven equal or not.</summary>
    public bool WentWell { get; init; }

    /// <summary>Runs that did something or failed, the newest first.</summary>
    public IReadOnlyList<RecordedRun> Runs { get; init; } = [];

    /// <summary>All runs since the record began.</summary>
    public RunTotals Totals { get; init; } = RunTotals.None;

    public static string Key(string mirror, string job) => ObjectKey.OfLedger(mirror, $".{job}.runs.json");

    /// <summary>Null where there is none, or none that can be read.</summary>
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
            // It begins anew, and what it knew was only for looking at.
            return null;
        }
    }

    /// <summary>Adds a run. Two at once may lose one of them, which nobody will miss.</summary>
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

    /// <summary>Whether it says already, and not long ago, what a run that changed nothing would write.</summary>
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
            // In records of before this was kept, whatever went well was called proven.
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

    /// <summary>What a record of before this was kept shows of it.</summary>
    private DateTimeOffset FailingByRuns =>
        Runs.TakeWhile(run => run.Failure is not null && !(run.At <= Proven)).Select(run => run.At).Append(At).Min();

    private static DateTimeOffset? OptionalTime(JsonFields fields, string name) =>
        fields.OptionalText(name) is null ? null : StateJson.ReadTime(fields, name);
}

/// <summary>A run that is to be remembered.</summary>
/// <param name="Redact">Takes secrets out of its error.</param>
public sealed record EndedRun(string Job, MirrorOutcome Outcome, DateTimeOffset At, Func<string, string> Redact)
{
    /// <summary>
    /// How long a record stands for runs that change nothing, which are then neither written nor counted; zero writes each.
    /// </summary>
    public TimeSpan Life { get; init; }
}

/// <summary>One run, as it is remembered.</summary>
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
