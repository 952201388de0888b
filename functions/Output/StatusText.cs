using Mirror.Mirroring;

namespace Mirror.Functions.Output;

/// <summary>A mirror's status in words: a line for each side, and one for what went wrong last.</summary>
internal static class StatusText
{
    public static IEnumerable<string> Lines(MirrorStatus status, TimeSpan objective, DateTimeOffset now)
    {
        if (status is { Produced: null, Consumed: null, Faults.Count: 0 })
        {
            yield return $"{status.Mirror}: nothing yet";
        }
        if (status.Produced is { } produced)
        {
            yield return $"{status.Mirror}: {Produced(produced, now)}";
        }
        if (status.Consumed is { } consumed)
        {
            yield return $"{status.Mirror}: {Consumed(status, consumed, now)}";
        }
        if (now - status.BehindSince > objective)
        {
            yield return $"  behind for longer than its objective, {Quantity.Exactly(objective)}";
        }
        foreach (var (name, why) in status.Consumed?.SetAside ?? new Dictionary<string, string>())
        {
            yield return $"  set aside: {name}: {why}";
        }
        foreach (var failure in new[] { status.Produced?.Failure, status.Consumed?.Failure }.OfType<LedgerFailure>())
        {
            yield return $"  last error, {Quantity.Ago(failure.At, now)}: {failure.Message}";
        }
        foreach (var fault in status.Faults)
        {
            yield return $"  {fault}";
        }
    }

    private static string Produced(ProducerLedger ledger, DateTimeOffset now)
    {
        if (ledger.State is not { } state)
        {
            return "nothing produced yet";
        }
        var published = ledger.Published is { } head && head.Sequence == state.Sequence
            ? $"published {Quantity.Ago(head.Written, now)}"
            : "not published yet";
        return $"produced to sequence {state.Sequence}, {published}; {Quantity.Refs(state.Refs.Count)}; "
            + $"{state.CountOf(BundleKind.Full)} full + {Quantity.Of(state.CountOf(BundleKind.Delta), "delta")}, {Quantity.Bytes(state.Size)}";
    }

    private static string Consumed(MirrorStatus status, ConsumerLedger ledger, DateTimeOffset now)
    {
        var proven = ledger.Proven is { } at ? $"proven equal {Quantity.Ago(at, now)}" : "never proven equal";
        var lag = status.BehindSince is { } since
            ? $"behind by {Quantity.Of(status.BehindCount, "bundle")} since {Quantity.Ago(since, now)}"
            : "nothing behind";
        return $"consumed to sequence {ledger.Sequence}, {proven}; {lag}";
    }
}
