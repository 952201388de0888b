using Mirror.Functions.Jobs;
using Mirror.Mirroring;

namespace Mirror.Functions.Status;

/// <summary>How a mirror is, the worst first.</summary>
internal enum Condition
{
    Failing,
    Held,
    Behind,
    Never,
    Ok,
}

/// <summary>What a mirror's chain is made of.</summary>
internal sealed record ChainSummary(int FullCount, int DeltaCount, long Size);

/// <summary>By what a mirror is judged, and when.</summary>
/// <param name="Jobs">Those that this app does: what another role has left in the state is not its business.</param>
internal sealed record ReportTerms(IReadOnlyCollection<JobKind> Jobs, Func<string, string> Redact, DateTimeOffset Now)
{
    public TimeSpan Objective { get; init; } = MirrorDefaults.BuiltIn.Objective;
}

/// <summary>What is shown of one mirror. Its texts are redacted; they are not encoded for anything yet.</summary>
internal sealed record MirrorReport(string Name, Condition Condition)
{
    /// <summary>How far behind it may be.</summary>
    public TimeSpan Objective { get; init; } = MirrorDefaults.BuiltIn.Objective;

    /// <summary>When a run last saw that what this app writes to is what it should be.</summary>
    public DateTimeOffset? Proven { get; init; }

    /// <summary>How old the oldest thing is that may be missing there; null where nothing is known.</summary>
    public TimeSpan? Lag { get; init; }

    public bool IsLate => Lag > Objective;

    public long? Sequence { get; init; }

    /// <summary>Bundles in the bucket that are not consumed.</summary>
    public int BehindCount { get; init; }

    public ChainSummary? Chain { get; init; }

    public LedgerFailure? Error { get; init; }

    public IReadOnlyList<string> Faults { get; init; } = [];

    /// <summary>Refs that the target refuses.</summary>
    public int SetAsideCount { get; init; }

    /// <summary>The bundles of its chain, oldest first, where this side has it.</summary>
    public IReadOnlyList<ChainEntry> Bundles { get; init; } = [];

    /// <summary>Recorded runs with the job that they were of, newest first.</summary>
    public IReadOnlyList<(string Job, RecordedRun Run)> Runs { get; init; } = [];

    /// <summary>What was counted of its runs, by the job that they were of.</summary>
    public IReadOnlyList<(string Job, RunTotals Totals)> Totals { get; init; } = [];

    public string? NextAction => Error?.NextAction;

    public static MirrorReport Of(RememberedMirror mirror, ReportTerms terms)
    {
        var (status, jobs, redact, now) = (mirror.Status, terms.Jobs, terms.Redact, terms.Now);
        Side[] sides = [.. jobs.Select(job => Side.Of(mirror, job, now))];
        var error = sides.Select(side => side.Error).OfType<LedgerFailure>().MaxBy(failure => failure.At);
        var lag = sides.Max(side => side.Lag);
        var proven = sides.Any(side => side is { HasRun: true, Proven: null }) ? null : sides.Min(side => side.Proven);
        var condition = status.Faults.Count > 0 ? Condition.Failing
            : error is not null ? error.IsHeld ? Condition.Held : Condition.Failing
            : !sides.Any(side => side.HasRun) ? Condition.Never
            : lag > terms.Objective ? Condition.Behind
            : Condition.Ok;
        var chain = jobs.Contains(JobKind.Produce) ? status.Produced?.State : null;
        RunRecord[] records = [.. mirror.Records.Where(record => jobs.Any(job => Side.NameOf(job) == record.Job))];
        return new MirrorReport(redact(status.Mirror), condition)
        {
            Objective = terms.Objective,
            Proven = proven,
            Lag = lag,
            Sequence = jobs.Contains(JobKind.Consume) && status.Consumed is { } consumed ? consumed.Sequence : chain?.Sequence,
            BehindCount = status.BehindCount,
            Chain = chain is null ? null : new ChainSummary(chain.CountOf(BundleKind.Full), chain.CountOf(BundleKind.Delta), chain.Size),
            Error = Redacted(error, redact),
            Faults = [.. status.Faults.Select(redact)],
            SetAsideCount = jobs.Contains(JobKind.Consume) ? status.Consumed?.SetAside.Count ?? 0 : 0,
            Bundles = chain?.Chain ?? [],
            Totals = [.. records.Select(record => (record.Job, record.Totals))],
            Runs = [.. records.SelectMany(record => record.Runs.Select(
                run => (record.Job, run with { Failure = Redacted(run.Failure, redact) })))
                .OrderByDescending(run => run.Item2.At)],
        };
    }

    private static LedgerFailure? Redacted(LedgerFailure? failure, Func<string, string> redact) =>
        failure is null ? null : failure with { Message = redact(failure.Message) };

    /// <summary>What one job knows of a mirror.</summary>
    private sealed record Side(bool HasRun, DateTimeOffset? Proven, TimeSpan? Lag, LedgerFailure? Error)
    {
        public static string NameOf(JobKind job) => job.ToString().ToLowerInvariant();

        public static Side Of(RememberedMirror mirror, JobKind job, DateTimeOffset now)
        {
            var record = mirror.Records.FirstOrDefault(record => record.Job == NameOf(job));
            var (hasLedger, ledgerProven, ledgerFailure) = job switch
            {
                JobKind.Produce =>
                    (mirror.Status.Produced is not null, mirror.Status.Produced?.Published?.Written, mirror.Status.Produced?.Failure),
                JobKind.Consume => (mirror.Status.Consumed is not null, mirror.Status.Consumed?.Proven, mirror.Status.Consumed?.Failure),
                _ => (false, null, null),
            };
            // A target that was seen after the head had expired is as its chain was, and nobody knows whether the source is.
            var until = job == JobKind.Consume ? mirror.Status.Consumed?.HeadExpires : null;
            var proven = new[] { ledgerProven, record?.Proven }.Where(proof => !(proof > until)).Max();
            var lag = job == JobKind.Consume ? LagOfConsumer(mirror.Status, now) : now - proven;
            return new Side(hasLedger || record is not null, proven, lag < TimeSpan.Zero ? TimeSpan.Zero : lag,
                ErrorOf(record, ledgerProven) ?? ledgerFailure);
        }

        /// <summary>A run that went well unrecorded, from a command line, has proven
        /// more than the record of one that did not before it.</summary>
        private static LedgerFailure? ErrorOf(RunRecord? record, DateTimeOffset? ledgerProven) =>
            record is null || record.WentWell || ledgerProven > record.At ? null : record.Runs is [var last, ..] ? last.Failure : null;

        /// <summary>Nothing is late where all that lies in the bucket is consumed,
        /// unless the producer has not been heard of for too long.</summary>
        private static TimeSpan? LagOfConsumer(MirrorStatus status, DateTimeOffset now) =>
            status.BehindSince is { } since ? now - since
            : status.Consumed is not { Sequence: > 0 } ledger ? null
            : ledger.HeadExpires < now ? now - ledger.HeadWritten
            : TimeSpan.Zero;
    }
}
