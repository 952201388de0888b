namespace Mirror.Git;

/// <summary>Why a target refused a ref or a pack. Callers decide by this closed set; the target's own words are for people.</summary>
public enum PushRefusal
{
    /// <summary>A pre-receive hook refused. It refuses all refs of a push at once, and any one of them may be the reason.</summary>
    WholePushByHook,

    /// <summary>A hook refused this ref. The hook's output says why.</summary>
    RefByHook,

    /// <summary>The target lacks objects that the ref needs. A push with all objects helps.</summary>
    MissingObjects,

    /// <summary>The target lacks the bases of the pack's deltas. A pack without such deltas helps.</summary>
    UnresolvedDeltas,

    /// <summary>The target's indexer ended without reporting a missing object. Most likely the pack itself is damaged.</summary>
    IndexerGone,

    /// <summary>The ref is not where the push expected it, or is being moved by another client. Reading the refs again helps.</summary>
    Stale,

    /// <summary>Anything else: permissions, rules, a full disk, a name in conflict with another ref.</summary>
    Other,
}
