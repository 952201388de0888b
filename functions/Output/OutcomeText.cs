using Mirror.Mirroring;

namespace Mirror.Functions.Output;

/// <summary>An outcome in words, for people: one line of result, and what to do where something is wrong.</summary>
internal static class OutcomeText
{
    // A mirror may have thousands of refused refs; --json has them all.
    private const int MaxRefs = 20;

    public static string Result(MirrorOutcome outcome, bool isDryRun)
    {
        var head = outcome.SourceHead is { } name ? $" (HEAD is {name.Familiar})" : "";
        return outcome.Kind switch
        {
            OutcomeKind.Unchanged when outcome.Sequence is { } sequence => $"{outcome.Mirror}: up to date at sequence {sequence}{head}",
            OutcomeKind.Unchanged => $"{outcome.Mirror}: up to date{head}",
            OutcomeKind.Updated when isDryRun => $"{outcome.Mirror}: would change {Counts(outcome.Refs)}{head}",
            OutcomeKind.Updated => $"{outcome.Mirror}: updated{Place(outcome)}, {Counts(outcome.Refs)}, {Sent(outcome)}{head}",
            OutcomeKind.Held => $"{outcome.Mirror}: held",
            _ when outcome.Changes.Count > 0 => $"{outcome.Mirror}: failed in part, {Counts(outcome.Refs)}",
            _ => $"{outcome.Mirror}: failed",
        };
    }

    /// <summary>One line per ref that moved, or would.</summary>
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
        if (error.Refs.Count > MaxRefs)
        {
            yield return $"  and {error.Refs.Count - MaxRefs} more (--json lists all)";
        }
        if (NextAction(error.Reason) is { } action)
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

    /// <summary>What a person can do about it, in words; null where the message says all.</summary>
    public static string? NextAction(string reason) => reason switch
    {
        "unauthorized" => "give credentials for this URL in the configuration or ~/.netrc, or check that the token has not expired",
        "credentials" => "set what the reference names, or correct it in the configuration",
        "forbidden" => "check that the account may read the source and push to the target",
        "not-found" => "check the URL; for a target that does not exist yet, create it first (git init --bare)",
        "not-git" => "open the URL in a browser to see what answers there",
        "unreachable" => "check the name, the port and the network (proxies: https_proxy; certificates: GIT_SSL_CAINFO)",
        "throttled" => "run fewer mirrors at once (-j), or later",
        "unavailable" or "disconnected" or "stalled" or "moved" => "run it again; nothing is lost",
        "empty-source" or "mass-delete" => "look at the source; if this is meant, run it with --allow-mass-delete",
        "refs-refused" =>
            "see what is said of each ref: change the target's rules (protected branches, hooks) or the ref map, or leave these refs out: '^refs/heads/…'",
        "busy" => "wait for the other run, or look for one that hangs",
        "diverged" => "look at what others pushed there and move it away, or choose another 'diverged' in the configuration",
        "no-head" => "run mirror produce on the near side first; if it has run, somebody has taken the head away",
        "undecryptable" => "check age.identities: the producer's age.recipients must name one of them",
        "signature" => "check signing.trusted; if the producer's key has not changed, somebody else has written to the bucket",
        "rollback" =>
            "somebody put an old head back; only if the producer really lost both its ledger and its bucket, delete this mirror's .consumed.json in 'state'",
        "wrong-mirror" or "malformed-head" => "somebody has tampered with the bucket, or the producer is newer than this program",
        "missing-bundle" => "run mirror produce on the near side: it notices a bundle that is gone, and writes a full one",
        "bad-bundle" => "delete that object from the bucket; then mirror produce, on the near side, writes a full one in its place",
        "no-sequence" => "mirror status and mirror verify say how far the chain goes",
        "refused" => "read the remote's own words above; nothing was left half done",
        "unsupported" => "docs/shortcomings.md says what this program cannot do",
        "malformed" => "something between here and the remote changes what it says: a proxy, or a server with a fault",
        "store-invalid" or "store-not-found" => "check 'store' and 'state' in the configuration",
        "store-denied" => "check the rights on the store",
        "store-full" => "make room in the store",
        "store-conflict" or "store-unavailable" or "store-throttled" => "run it again; nothing is lost",
        "internal" => "this is a fault in mirror: please report it with the text above",
        _ => null,
    };
}
