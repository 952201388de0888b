namespace Mirror.Git;

/// <summary>
/// Classifies a refusal by the target's words, since the protocol has no codes. Only this class knows the words. Most are git's
/// (builtin/receive-pack.c, index-pack.c, refs.c); JGit's (Gerrit, Bitbucket) are in its JGitText.properties.
/// </summary>
public static class PushRefusals
{
    // The order matters: "pre-receive hook declined" also contains "hook declined".
    private static readonly (string Words, PushRefusal Refusal)[] Reasons =
    [
        ("pre-receive hook declined", PushRefusal.WholePushByHook),
        // GitHub's repository rules.
        ("push declined due to repository rule violations", PushRefusal.WholePushByHook),
        ("hook declined", PushRefusal.RefByHook),
    ];

    private static readonly (string Words, PushRefusal Refusal)[] Causes =
    [
        // These do not go away with a full pack.
        ("No space left on device", PushRefusal.Other),
        ("Disk quota exceeded", PushRefusal.Other),
        ("exceeds maximum allowed size", PushRefusal.Other),
        ("fsck error", PushRefusal.Other),
        ("unresolved delta", PushRefusal.UnresolvedDeltas),
        ("missing necessary objects", PushRefusal.MissingObjects),
        ("did not receive expected object", PushRefusal.MissingObjects),
        ("bad pack", PushRefusal.MissingObjects),
        // JGit.
        ("missing object", PushRefusal.MissingObjects),
        ("missing unknown ", PushRefusal.MissingObjects),
        ("missing commit ", PushRefusal.MissingObjects),
        ("missing tree ", PushRefusal.MissingObjects),
        ("missing blob ", PushRefusal.MissingObjects),
        ("missing tag ", PushRefusal.MissingObjects),
        // A ref in conflict with another. git begins this message with "cannot lock ref" as well, so it stands before that.
        ("exists; cannot create", PushRefusal.Other),
        ("aborted by hook", PushRefusal.RefByHook),
        ("aborted by the reference-transaction hook", PushRefusal.RefByHook),
        ("cannot lock ref", PushRefusal.Stale),
        ("failed to lock", PushRefusal.Stale),
        ("stale info", PushRefusal.Stale),
        ("fetch first", PushRefusal.Stale),
        // git since 2.50, which updates refs in batches.
        ("reference already exists", PushRefusal.Stale),
        ("reference does not exist", PushRefusal.Stale),
        ("incorrect old value provided", PushRefusal.Stale),
        // Azure DevOps.
        ("has already been updated by another client", PushRefusal.Stale),
    ];

    // These words do not give a reason. It is in the messages, if the target sends them.
    private static readonly string[] Vague = ["failed to update ref", "unpacker error"];
    private static readonly string[] IndexerGone = ["index-pack abnormal exit", "unpack-objects abnormal exit", "index-pack failed"];

    /// <summary>
    /// Classifies the reason that a report gives for a ref (<c>ng REF REASON</c>) or for the pack (<c>unpack ERROR</c>), or the message
    /// of an exception that has such a reason in it.
    /// </summary>
    /// <param name="messages">The target's messages for people.
    /// They only count where the reason is vague, since hooks may write anything.</param>
    public static PushRefusal Of(string reason, params IEnumerable<string> messages)
    {
        if ((Find(Reasons, reason) ?? Find(Causes, reason)) is { } known)
        {
            return known;
        }
        var isIndexerGone = ContainsAny(reason, IndexerGone);
        if (!isIndexerGone && !ContainsAny(reason, Vague))
        {
            return PushRefusal.Other;
        }
        foreach (var message in messages)
        {
            if (Find(Causes, message) is { } cause)
            {
                return cause;
            }
        }
        return isIndexerGone ? PushRefusal.IndexerGone : PushRefusal.Other;
    }

    private static PushRefusal? Find((string Words, PushRefusal Refusal)[] table, string text)
    {
        foreach (var (words, refusal) in table)
        {
            if (text.Contains(words, StringComparison.OrdinalIgnoreCase))
            {
                return refusal;
            }
        }
        return null;
    }

    private static bool ContainsAny(string text, string[] phrases) =>
        Array.Exists(phrases, phrase => text.Contains(phrase, StringComparison.OrdinalIgnoreCase));
}
