using Mirror.Functions.Jobs;
using Mirror.Mirroring;

namespace Mirror.Functions.Status;

/// <summary>The states of a mirror, the worst first.</summary>
internal enum Condition
{
    Failing,
    Held,
    Behind,
    Never,
    Ok,
}

/// <summary>The number of bundles in a mirror's chain, and their size.</summary>
internal sealed record ChainSummary(int FullCount, int DeltaCount, long Size);

/// <summary>The terms for a report: jobs, redaction, time and objective.</summary>
/// <param name="Jobs">The jobs that this app runs. Records of other roles in the state are ignored.</param>
internal sealed record ReportTerms(IReadOnlyCollection<JobKind> Jobs, Func<string, string> Redact, DateTimeOffset Now)
{
    public TimeSpan Objective { get; init; } = MirrorDefaults.BuiltIn.Objective;
}

/// <summary>The shown state of one mirror. Its texts are redacted, but not encoded.</summary>
internal sealed record MirrorReport(string Name, Condition Condition)
{
    /// <summary>How far behind the mirror may be.</summary>
    public TimeSpan Objective { get; init; } = MirrorDefaults.BuiltIn.Objective;

    /// <summary>When all jobs of this app for the mirror were last proved.</summary>
    public DateTimeOffset? Proven { get; init; }

    /// <summary>The lag as defined by <see cref="MirrorLag"/>; null if nothing is known.</summary>
    public TimeSpan? Lag { get; init; }

    public bool IsLate => Lag > Objective;

    public long? Sequence { get; init; }

    /// <summary>The number of bundles in the bucket that were not consumed yet.</summary>
    public int BehindCount { get; init; }

    public ChainSummary? Chain { get; init; }

    /// <summary>The last errors, the cause first. In an app with both roles,
    /// a failing producer leaves its consumer without bundles.</summary>
    public IReadOnlyList<LedgerFailure> Errors { get; init; } = [];

    public LedgerFailure? Error => Errors.Count > 0 ? Errors[0] : null;

    public IReadOnlyList<string> Faults { get; init; } = [];

    /// <summary>The number of refs that the target refuses.</summary>
    public int SetAsideCount { get; init; }

    /// <summary>The chain's bundles, oldest first, if this side has the chain.</summary>
    public IReadOnlyList<ChainEntry> Bundles { get; init; } = [];

    /// <summary>Recorded runs with their job, newest first.</summary>
    public IReadOnlyList<(string Job, RecordedRun Run)> Runs { get; init; } = [];

    /// <summary>Counters by job.</summary>
    public IReadOnlyList<(string Job, RunTotals Totals)> Totals { get; init; } = [];

    public string? NextAction => Error?.NextAction;

    public static MirrorReport Of(RememberedMirror mirror, ReportTerms terms)
    {
        var (status, jobs, redact) = (mirror.Status, terms.Jobs, terms.Redact);
        string[] names = [.. jobs.Select(JobQueues.WordOf)];
        var lag = MirrorLag.Of(mirror, names, terms.Now);
        LedgerFailure[] errors = [.. lag.Errors];
        var chain = jobs.Contains(JobKind.Produce) ? status.Produced?.State : null;
        RunRecord[] records = [.. mirror.Records.Where(record => names.Contains(record.Job))];
        return new MirrorReport(redact(status.Mirror), ConditionOf(status, lag, terms.Objective))
        {
            Objective = terms.Objective,
            Proven = lag.Proven,
            Lag = lag.Lag,
            Sequence = jobs.Contains(JobKind.Consume) && status.Consumed is { } consumed ? consumed.Sequence : chain?.Sequence,
            BehindCount = jobs.Contains(JobKind.Consume) ? status.BehindCount : 0,
            Chain = chain is null ? null : new ChainSummary(chain.CountOf(BundleKind.Full), chain.CountOf(BundleKind.Delta), chain.Size),
            Errors = [.. errors.Select(error => Redacted(error, redact))],
            Faults = [.. status.Faults.Select(redact)],
            SetAsideCount = jobs.Contains(JobKind.Consume) ? status.Consumed?.SetAside.Count ?? 0 : 0,
            Bundles = chain?.Chain ?? [],
            Totals = [.. records.Select(record => (record.Job, record.Totals))],
            Runs = [.. records.SelectMany(record => record.Runs.Select(
                run => (record.Job, run with { Failure = run.Failure is { } failure ? Redacted(failure, redact) : null })))
                .OrderByDescending(run => run.Item2.At)],
        };
    }

    private static Condition ConditionOf(MirrorStatus status, MirrorLag lag, TimeSpan objective) =>
        status.Faults.Count > 0 ? Condition.Failing
        : lag.Errors.Any() ? lag.Errors.All(error => error.IsHeld) ? Condition.Held : Condition.Failing
        : !lag.HasRun ? Condition.Never
        : lag.Lag > objective ? Condition.Behind
        : Condition.Ok;

    private static LedgerFailure Redacted(LedgerFailure failure, Func<string, string> redact) =>
        failure with { Message = redact(failure.Message) };
}
