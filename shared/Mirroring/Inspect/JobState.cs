namespace Mirror.Mirroring;

/// <summary>
/// The state of one job of a mirror, from its ledger and the record of its runs. Together with <see cref="MirrorLag"/> it defines lag:
/// docs/functions.md describes it, and LagTests has it as a table.
/// </summary>
/// <param name="Job">produce, sync or consume.</param>
public sealed record JobState(string Job)
{
    public const string Produce = "produce";
    public const string Sync = "sync";
    public const string Consume = "consume";

    /// <summary>In the order in which a change passes through them.</summary>
    public static readonly IReadOnlyList<string> Jobs = [Produce, Sync, Consume];

    // A sweep looks at each target once a day, and the run may have to wait for its turn.
    private static readonly TimeSpan ProofLife = TimeSpan.FromHours(26);

    public bool HasRun { get; private init; }

    /// <summary>When a run last saw that the job's destination is what it should be.</summary>
    public DateTimeOffset? Proven { get; private init; }

    /// <summary>Since when something may be missing there; null if nothing is missing, or nothing is known.</summary>
    public DateTimeOffset? MissingSince { get; private init; }

    /// <summary>The failure of the last run, if it failed.</summary>
    public LedgerFailure? Error { get; private init; }

    public static JobState Of(RememberedMirror mirror, string job, DateTimeOffset now)
    {
        var record = mirror.Records.FirstOrDefault(record => record.Job == job);
        return job switch
        {
            Produce => OfProducer(mirror.Status.Produced, record),
            Consume => OfConsumer(mirror.Status, record, now),
            _ => OfSource(new JobState(job) { HasRun = record is not null, Proven = record?.Proven }, record, null),
        };
    }

    /// <summary>Null if nothing is known; zero if nothing is missing.</summary>
    public TimeSpan? Lag(DateTimeOffset now) =>
        MissingSince is { } since ? now > since ? now - since : TimeSpan.Zero
        : HasRun ? TimeSpan.Zero
        : null;

    private static JobState OfProducer(ProducerLedger? ledger, RunRecord? record)
    {
        // A head is put even if the source lacks refs that it should have, so that the other refs arrive. That is no proof.
        var published = ledger?.Failure?.Reason == Reason.RefsRefused ? null : ledger?.Published?.PutAt;
        var state = new JobState(Produce)
        {
            HasRun = ledger is not null || record is not null,
            Proven = Latest(published, record?.Proven),
            Error = ErrorOf(record, published) ?? ledger?.Failure,
        };
        return OfSource(state, record, Earliest(ledger?.Published?.PutAt, ledger?.Failure?.At));
    }

    /// <summary>A source may change at any time, so everything newer than the last proof may be missing. Without a proof, everything
    /// since the first attempt may be missing.</summary>
    /// <param name="known">The first known time, for a mirror without a record.</param>
    private static JobState OfSource(JobState state, RunRecord? record, DateTimeOffset? known) => state with
    {
        Error = state.Error ?? ErrorOf(record, null),
        MissingSince = state.Proven ?? record?.Since ?? known,
    };

    /// <summary>A consumer may lack changes that are in the bucket.
    /// The record of its runs shows whether they could be delivered.</summary>
    private static JobState OfConsumer(MirrorStatus status, RunRecord? record, DateTimeOffset now)
    {
        var ledger = status.Consumed;
        if (ledger is null && record is null)
        {
            return new JobState(Consume) { MissingSince = status.BehindSince };
        }
        var provenByLedger = ProvenBy(ledger);
        var proven = Latest(provenByLedger, record?.Proven);
        var error = ErrorOf(record, provenByLedger) ?? ledger?.Failure;
        var isWell = error is null && ledger is not { SetAside.Count: > 0 };
        return new JobState(Consume)
        {
            HasRun = true,
            Proven = proven,
            Error = error,
            MissingSince = Earliest(
                status.BehindSince,
                ledger is { Sequence: > 0 } && ledger.HeadTimes.IsExpired(now) ? ledger.HeadWritten : null,
                isWell ? null : record?.FailingSince ?? proven,
                proven is null ? Earliest(record?.Since, record is null ? ledger?.Failure?.At : null) ?? HeadTime(ledger) ?? now
                    : now - proven > ProofLife ? proven : null),
        };
    }

    /// <summary>
    /// If a run of an older release without records has proved more since, an earlier record of a failure does not count.
    /// </summary>
    private static LedgerFailure? ErrorOf(RunRecord? record, DateTimeOffset? ledgerProven) =>
        record is null || record.WentWell || ledgerProven > record.At ? null : record.Runs is [var last, ..] ? last.Failure : null;

    /// <summary>Older releases also recorded a look at a target under an expired head as a proof.</summary>
    private static DateTimeOffset? ProvenBy(ConsumerLedger? ledger) => ledger?.Proven > ledger?.HeadExpires ? null : ledger?.Proven;

    private static DateTimeOffset? HeadTime(ConsumerLedger? ledger) => ledger is { Sequence: > 0 } ? ledger.HeadWritten : null;

    private static DateTimeOffset? Latest(params ReadOnlySpan<DateTimeOffset?> times) => times.ToArray().Max();

    private static DateTimeOffset? Earliest(params ReadOnlySpan<DateTimeOffset?> times) => times.ToArray().Min();
}
