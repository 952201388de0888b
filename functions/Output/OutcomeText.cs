using Mirror.Mirroring;

namespace Mirror.Functions.Output;

/// <summary>An outcome in words for people: one line with the result, and the next action after a failure.</summary>
internal static class OutcomeText
{
    // A mirror may have thousands of refused refs; --json lists more of them.
    private const int MaxRefs = 20;

    public static string Result(MirrorOutcome outcome, bool isDryRun) => outcome.Kind switch
    {
        OutcomeKind.Unchanged when outcome.Sequence is { } sequence => $"{outcome.Mirror}: up to date at sequence {sequence}",
        OutcomeKind.Unchanged => $"{outcome.Mirror}: up to date",
        OutcomeKind.Updated when isDryRun => $"{outcome.Mirror}: would change {Counts(outcome.Refs)}",
        OutcomeKind.Updated => $"{outcome.Mirror}: updated{Place(outcome)}, {Counts(outcome.Refs)}, {Sent(outcome)}",
        OutcomeKind.Held when outcome.Changes.Count > 0 => $"{outcome.Mirror}: held in part, {Counts(outcome.Refs)}",
        OutcomeKind.Held => $"{outcome.Mirror}: held",
        _ when outcome.Changes.Count > 0 => $"{outcome.Mirror}: failed in part, {Counts(outcome.Refs)}",
        _ => $"{outcome.Mirror}: failed",
    };

    /// <summary>One line per ref that moved, or, in a dry run, would move.</summary>
    public static IEnumerable<string> Changes(MirrorOutcome outcome) => outcome.Changes.Select(change =>
        change.IsCreate ? $"  create {change.Name} {change.New.Abbreviated}"
        : change.IsDelete ? $"  delete {change.Name} (was {change.Old.Abbreviated})"
        : $"  update {change.Name} {change.Old.Abbreviated}..{change.New.Abbreviated}");

    public static IEnumerable<string> Error(MirrorOutcome outcome)
    {
        if (outcome.Error is not { } error)
        {
            yield break;
        }
        yield return $"error: {outcome.Mirror}: {error.Message}";
        foreach (var (name, why) in error.Refs.Take(MaxRefs))
        {
            yield return $"  {name}: {why}";
        }
        if (error.RefCount > MaxRefs)
        {
            var elsewhere = error.Refs.Count > MaxRefs ? $" (--json lists {error.Refs.Count})" : "";
            yield return $"  and {error.RefCount - MaxRefs} more{elsewhere}";
        }
        if (error.NextAction is { } action)
        {
            yield return $"  next: {action}";
        }
    }

    private static string Place(MirrorOutcome outcome) => (outcome.Sequence, outcome.Bundle) switch
    {
        ({ } sequence, { } kind) => $" to sequence {sequence} ({kind.ToString().ToLowerInvariant()})",
        ({ } sequence, null) => $" to sequence {sequence}",
        _ => "",
    };

    private static string Counts(RefCounts refs)
    {
        (int Count, string What)[] all = [(refs.Created, "created"), (refs.Updated, "updated"), (refs.Deleted, "deleted"),
            (refs.Rejected, "rejected")];
        var words = all.Where(part => part.Count > 0).Select(part => $"{Quantity.Refs(part.Count)} {part.What}");
        return words.Any() ? string.Join(", ", words) : "no ref";
    }

    private static string Sent(MirrorOutcome outcome) => $"{Quantity.Bytes(outcome.Bytes)} in {Quantity.Time(outcome.Elapsed)}";
}
