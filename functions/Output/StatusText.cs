using Mirror.Mirroring;

namespace Mirror.Functions.Output;

/// <summary>A mirror's status in words: a line for each side, and one for the last error.</summary>
internal static class StatusText
{
    public static IEnumerable<string> Lines(RememberedMirror mirror, MirrorLag lag, TimeSpan objective, DateTimeOffset now)
    {
        var status = mirror.Status;
        if (lag.Jobs.Count == 0 && status.Faults.Count == 0)
        {
            yield return $"{status.Mirror}: nothing yet";
        }
        foreach (var job in lag.Jobs)
        {
            yield return $"{status.Mirror}: {JobLine(job, status, now)}";
        }
        if (lag.Lag is { } behind && (behind > objective || lag.Errors.Any()))
        {
            var excess = behind > objective ? $", more than its objective, {Quantity.Exactly(objective)}" : "";
            yield return $"  lag: {Quantity.Span(behind)}{excess}";
        }
        foreach (var (name, why) in status.Consumed?.SetAside ?? new Dictionary<string, string>())
        {
            yield return $"  set aside: {name}: {why}";
        }
        foreach (var failure in lag.Errors)
        {
            yield return $"  last error, {Quantity.Ago(failure.At, now)}: {failure.Message}";
        }
        foreach (var fault in status.Faults)
        {
            yield return $"  {fault}";
        }
    }

    private static string JobLine(JobState job, MirrorStatus status, DateTimeOffset now) => (job.Job, status) switch
    {
        (JobState.Produce, { Produced: { } ledger }) => Produced(ledger, status.RefCount, now),
        (JobState.Produce, _) => "nothing produced yet",
        (JobState.Consume, { Consumed: { } ledger }) => Consumed(status, ledger, now),
        (JobState.Consume, _) => "nothing consumed yet",
        _ => $"synced, {Proven(job.Proven, now)}",
    };

    private static string Proven(DateTimeOffset? proven, DateTimeOffset now) =>
        proven is { } at ? $"proven equal {Quantity.Ago(at, now)}" : "never proven equal";

    private static string Produced(ProducerLedger ledger, int refCount, DateTimeOffset now)
    {
        if (ledger.State is not { } state)
        {
            return "nothing produced yet";
        }
        var published = ledger.Published is { } head && head.Position == state.Position
            ? $"published {Quantity.Ago(head.PutAt, now)}"
            : "not published yet";
        return $"produced to sequence {state.Sequence}, {published}; {Quantity.Refs(refCount)}; "
            + $"{state.CountOf(BundleKind.Full)} full + {Quantity.Of(state.CountOf(BundleKind.Delta), "delta")}, "
            + $"{Quantity.Bytes(state.Size)}";
    }

    private static string Consumed(MirrorStatus status, ConsumerLedger ledger, DateTimeOffset now)
    {
        var behind = status.BehindSince is { } since
            ? $"behind by {Quantity.Of(status.BehindCount, "bundle")} since {Quantity.Ago(since, now)}"
            : "nothing behind";
        return $"consumed to sequence {ledger.Sequence}, {Proven(ledger.Proven, now)}; {behind}";
    }
}
