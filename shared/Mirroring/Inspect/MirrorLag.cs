namespace Mirror.Mirroring;

/// <summary>How far behind one mirror may be, over all jobs that one side runs for it.</summary>
/// <param name="Jobs">In the order in which a change passes through them, so the cause of a failure is the first job that fails.</param>
public sealed record MirrorLag(IReadOnlyList<JobState> Jobs)
{
    public bool HasRun => Jobs.Any(job => job.HasRun);

    /// <summary>The time by which all jobs have proved their part; null if one never has.</summary>
    public DateTimeOffset? Proven => Jobs.Any(job => job.Proven is null) ? null : Jobs.Min(job => job.Proven);

    /// <summary>The age of the oldest change that may be missing at the destination; null if nothing is known.</summary>
    public TimeSpan? Lag { get; private init; }

    /// <summary>The last failures, the cause first.</summary>
    public IEnumerable<LedgerFailure> Errors => Jobs.Select(job => job.Error).OfType<LedgerFailure>();

    public static MirrorLag Of(RememberedMirror mirror, IEnumerable<string> jobs, DateTimeOffset now)
    {
        JobState[] states = [.. JobState.Jobs.Intersect(jobs).Select(job => JobState.Of(mirror, job, now))];
        return new MirrorLag(states) { Lag = states.Max(state => state.Lag(now)) };
    }

    /// <summary>The jobs that have left records or ledgers in a state.
    /// A mirror that now uses a bucket may have been synced before.</summary>
    public static IEnumerable<string> JobsOf(RememberedMirror mirror)
    {
        bool HasLeft(string job) => mirror.Records.Any(record => record.Job == job);
        string[] halves =
        [
            .. mirror.Status.Produced is not null || HasLeft(JobState.Produce) ? [JobState.Produce] : Array.Empty<string>(),
            .. mirror.Status.Consumed is not null || HasLeft(JobState.Consume) ? [JobState.Consume] : Array.Empty<string>(),
        ];
        return halves.Length == 0 && HasLeft(JobState.Sync) ? [JobState.Sync] : halves;
    }
}
