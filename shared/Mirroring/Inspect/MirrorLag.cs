namespace Mirror.Mirroring;

/// <summary>How far behind one mirror may be, over all the jobs that one side does of it.</summary>
/// <param name="Jobs">In the order in which a change passes them: the cause of a failure is at the first that fails.</param>
public sealed record MirrorLag(IReadOnlyList<JobState> Jobs)
{
    public bool HasRun => Jobs.Any(job => job.HasRun);

    /// <summary>When all of them had last proven their part; null where one never has.</summary>
    public DateTimeOffset? Proven => Jobs.Any(job => job.Proven is null) ? null : Jobs.Min(job => job.Proven);

    /// <summary>How old the oldest thing is that may be missing at the destination; null where nothing is known.</summary>
    public TimeSpan? Lag { get; private init; }

    /// <summary>What went wrong last, the cause first.</summary>
    public IEnumerable<LedgerFailure> Errors => Jobs.Select(job => job.Error).OfType<LedgerFailure>();

    public static MirrorLag Of(RememberedMirror mirror, IEnumerable<string> jobs, DateTimeOffset now)
    {
        JobState[] states = [.. JobState.Jobs.Intersect(jobs).Select(job => JobState.Of(mirror, job, now))];
        return new MirrorLag(states) { Lag = states.Max(state => state.Lag(now)) };
    }

    /// <summary>The jobs that have left something in a state. A mirror that goes through a bucket now may have been synced once.</summary>
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
