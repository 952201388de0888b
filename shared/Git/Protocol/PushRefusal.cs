namespace Mirror.Git;

/// <summary>Why a target did not take a ref, or a pack. Closed: callers decide by it. The target's own words are for people.</summary>
public enum PushRefusal
{
    /// <summary>A pre-receive hook refused, which speaks once for all refs of a push: any one of them may be the reason.</summary>
    WholePushByHook,

    /// <summary>A hook refused this ref. What it wrote for people says why.</summary>
    RefByHook,

    /// <summary>The target lacks objects that the ref needs. A pack that brings all of them helps.</summary>
    MissingObjects,

    /// <summary>The target lacks what the pack's deltas build on. A whole pack helps.</summary>
    UnresolvedDeltas,

    /// <summary>The target's indexer ended, and did not say that it lacks anything: the pack itself is broken, more likely.</summary>
    IndexerGone,

    /// <summary>The ref is not where the push said it was, or somebody else is moving it now. Looking again helps.</summary>
    Stale,

    /// <summary>Anything else: rights, rules, a full disk, a name that another ref stands in the way of.</summary>
    Other,
}
