namespace Mirror.Mirroring;

public sealed partial class Reason
{
    private const string RunAgain = "run it again; nothing is lost";

    // Of remotes.
    public static readonly Reason Unreachable = Failed("unreachable",
        "no connection to the remote: its name, its port, a proxy, a certificate, or a program that is not there",
        "check the name, the port and the network (proxies: https_proxy; certificates: GIT_SSL_CAINFO)");

    public static readonly Reason Unauthorized = Failed("unauthorized",
        "the remote requires credentials, or rejects those that were sent",
        "give credentials for this URL in the configuration or ~/.netrc, or check that the token has not expired");

    public static readonly Reason Forbidden = Failed("forbidden",
        "the remote knows the account, which lacks the permission",
        "check that the account may read the source and push to the target");

    public static readonly Reason NotFound = Failed("not-found",
        "the remote has no such repository, or does not show it to this account",
        "check the URL; for a target that does not exist yet, create it first (git init --bare)");

    public static readonly Reason NotGit = Failed("not-git",
        "the server at the URL is not a Git server",
        "open the URL in a browser to see what answers there");

    public static readonly Reason Throttled = Failed("throttled",
        "the remote asks for fewer requests, and did so five times",
        "run fewer mirrors at once (-j), or later");

    public static readonly Reason Unavailable = Failed("unavailable", "the remote answers with a fault of its own (5xx)", RunAgain);

    public static readonly Reason Disconnected = Failed("disconnected", "the connection to the remote ended too soon", RunAgain);

    public static readonly Reason Stalled = Failed("stalled", "nothing useful came from the remote for longer than the limit", RunAgain);

    public static readonly Reason Moved = Failed("moved", "the source's refs moved while the run looked at them, five times", RunAgain);

    public static readonly Reason Refused = Failed("refused",
        "the remote understood the request and refused it",
        "read the remote's own words above; nothing was left half done");

    public static readonly Reason Malformed = Failed("malformed",
        "the remote sends bytes that break Git's protocol",
        "something between here and the remote changes its answers: a proxy, or a server with a fault");

    public static readonly Reason Unsupported = Failed("unsupported",
        "the remote or the configuration needs something that this program cannot do",
        "docs/shortcomings.md says what this program cannot do");

    // Of refs and policies.
    public static readonly Reason RefsRefused = Failed("refs-refused",
        "some refs are not equal, the others are. `sync`, `consume`: the target does not accept them. `produce`: the source lacks a ref "
        + "that `refs` names in full, two of its refs would have one name, or a name is not usable",
        "see what is said of each ref: change the target's rules (protected branches, hooks) or the ref map, or leave these refs out: "
        + "'^refs/heads/…'");

    public static readonly Reason EmptySource = Held("empty-source",
        "the source, or the chain, has no refs left, and the target has some",
        "look at the source; if this is meant, run it with --allow-mass-delete");

    public static readonly Reason MassDelete = Held("mass-delete",
        "more than ten and more than half of the target's refs would be deleted",
        "look at the source, or for consume at whether this is the right target; if it is meant, run it with --allow-mass-delete");

    public static readonly Reason Diverged = Held("diverged",
        "others changed the target, and `diverged` is `refuse`; or it is `preserve`, and the target does not accept "
        + "`refs/mirror/replaced/…`",
        "look at what others pushed there and move it away, or choose another 'diverged' in the configuration");

    public static readonly Reason Busy = Held("busy",
        "another run has had the mirror for 25 s; the lease of a killed run ends after 15 s",
        "wait for the other run, or look for one that hangs");

    // Of the bucket.
    public static readonly Reason ExpiredHead = Held("expired-head",
        "the head is past its expiry: the producer is silent, or newer heads are withheld. The run did what the head says all "
        + "the same",
        "see why mirror produce does not run on the near side, or why its heads do not arrive; `expired: warn` makes it a warning");

    public static readonly Reason NoHead = Failed("no-head",
        "no object in the bucket has the key of the mirror's head",
        "run mirror produce on the near side: it puts the head again; if it then disappears again, another process deletes it, or the copy "
        + "between the buckets is broken");

    public static readonly Reason Undecryptable = Failed("undecryptable",
        "none of `age.identities` opens the head, or its list of recipients is damaged",
        "check age.identities: the producer's age.recipients must name one of them; if it does, run mirror produce, which replaces a head "
        + "that is not as it put it");

    public static readonly Reason DamagedHead = Failed("damaged-head",
        "the head is no age file, or was changed or cut short after it was written; the keys are not the cause",
        "run mirror produce on the near side: it replaces a head that is not as it put it; if it happens again, look at what copies "
        + "the bucket, and at who may write to it");

    public static readonly Reason Signature = Failed("signature",
        "the head is not signed, not signed by a trusted key, or was changed",
        "compare ssh-keygen -lf signing_ed25519.pub with the fingerprint in the message; if the producer's key has not changed, another "
        + "party has written to the bucket: run mirror produce, which replaces the head, and find out who");

    public static readonly Reason WrongMirror = Failed("wrong-mirror",
        "the head of one mirror is under another's key: it was copied there",
        "run mirror produce, or delete the object where no mirror of yours has that name");

    public static readonly Reason MalformedHead = Failed("malformed-head",
        "the head is signed, and this release cannot read it",
        "update the consumer; if it is as new as the producer, run mirror produce; if that does not help, please report it");

    public static readonly Reason Rollback = Failed("rollback",
        "the head is older than what was consumed, or another one of the same sequence",
        "run mirror produce; only if the producer really lost both its ledger and its bucket, "
            + "delete this mirror's .consumed.json in 'state'");

    public static readonly Reason MissingBundle = Failed("missing-bundle",
        "a bundle that the chain needs is not in the bucket, or is not as long as the head says",
        "run mirror produce on the near side: it notices that a bundle is gone or cut short, and writes a full one if one is needed");

    public static readonly Reason BadBundle = Failed("bad-bundle",
        "the bytes of a bundle are not those that the head names, or not a bundle, or it is encrypted for an identity that is not yours",
        "delete that object from the bucket; then mirror produce, on the near side, writes a full one in its place");

    public static readonly Reason RefusedBundle = Failed("refused-bundle",
        "a bundle is sound and signed, but the target does not accept its pack: objects are missing, broken, or against the target's rules",
        "read the target's own words; if objects are missing or broken, run mirror produce --full on the near side, whose next bundle "
        + "holds everything; if it is a rule of the target, such as receive.fsckObjects or a limit on size, change the rule, "
        + "or change the source and then run mirror produce --full");

    public static readonly Reason NoSequence = Failed("no-sequence",
        "`--at` names a sequence that is not in the chain",
        "mirror status and mirror verify say how far the chain goes");

    // Of stores.
    public static readonly Reason StoreNotFound = Failed("store-not-found",
        "the store does not exist, or an object has gone while it was read", "check 'store' and 'state' in the configuration");

    public static readonly Reason StoreConflict = Failed("store-conflict", "another process changed the same object, five times", RunAgain);

    public static readonly Reason StoreDenied = Failed("store-denied",
        "the store requires credentials, rejects these, or they lack the permission", "check the rights on the store");

    public static readonly Reason StoreFull = Failed("store-full",
        "no space is left in the store, or a quota is used up; the incomplete object was discarded", "make room in the store");

    public static readonly Reason StoreThrottled = Failed(
        "store-throttled", "the store asks for fewer requests, and did so five times", RunAgain);

    public static readonly Reason StoreUnavailable = Failed(
        "store-unavailable", "the store does not answer, or with a fault of its own", RunAgain);

    public static readonly Reason StoreInvalid = Failed("store-invalid",
        "what is in the store cannot be used: it is too large, of another kind, or in the way",
        "check 'store' and 'state' in the configuration, and what the message names in them");

    // Of this program and how it is run.
    public static readonly Reason Credentials = Failed("credentials",
        "a referenced secret does not exist, or is not a valid key",
        "set what the reference names, or correct it in the configuration");

    public static readonly Reason Configuration = Failed("configuration",
        "the configuration is incomplete for this mirror, or asks for what is not supported", null);

    public static readonly Reason Deadline = Failed("deadline",
        "the run did not finish before its deadline (in a function, that of the call); produce starts again, the others continue "
        + "where they stopped",
        null);

    public static readonly Reason Interrupted = Failed("interrupted", "the run was interrupted", null);

    public static readonly Reason Internal = Failed("internal",
        "a fault in mirror", "this is a fault in mirror: please report it with the text above");

    public static IReadOnlyList<Reason> All { get; } =
    [
        Unreachable, Unauthorized, Forbidden, NotFound, NotGit, Throttled, Unavailable, Disconnected, Stalled, Moved, Refused, Malformed,
        Unsupported, RefsRefused, EmptySource, MassDelete, Diverged, Busy, ExpiredHead, NoHead, Undecryptable, DamagedHead, Signature,
        WrongMirror, MalformedHead, Rollback, MissingBundle, BadBundle, RefusedBundle, NoSequence, StoreNotFound, StoreConflict,
        StoreDenied, StoreFull, StoreThrottled, StoreUnavailable, StoreInvalid, Credentials, Configuration, Deadline, Interrupted, Internal,
    ];

    // After All, since static fields are initialised in the order of the text.
    private static readonly Dictionary<string, Reason> Words = All.ToDictionary(reason => reason.Word, StringComparer.Ordinal);

    private static Reason Failed(string word, string meaning, string? nextAction) => new(word, OutcomeKind.Failed, meaning, nextAction);

    private static Reason Held(string word, string meaning, string? nextAction) => new(word, OutcomeKind.Held, meaning, nextAction);
}
