namespace Mirror.Mirroring;

/// <summary>At which stage a mirror's objects in the bucket were found wanting. Closed: each is a reason that scripts see.</summary>
public enum ChainFailure
{
    /// <summary>There is no head for the mirror.</summary>
    NoHead,

    /// <summary>None of our identities opens the head.</summary>
    Undecryptable,

    /// <summary>The head is not whole: its ciphertext was changed or cut off.</summary>
    DamagedHead,

    /// <summary>Not signed, or by somebody whom we do not trust, or changed since.</summary>
    Signature,

    /// <summary>Signed, but not a head as we know them.</summary>
    Malformed,

    /// <summary>Another mirror's head in this one's place.</summary>
    WrongMirror,

    /// <summary>Older than what was seen before.</summary>
    Rollback,

    /// <summary>A bundle that is needed is not there, and no full one stands in for it.</summary>
    MissingBundle,

    /// <summary>The chain has no such point.</summary>
    NoSequence,

    /// <summary>A bundle is not the one that the head names, or cannot be decrypted or read.</summary>
    BadBundle,

    /// <summary>A bundle is the one that the head names, and the target does not take its pack.</summary>
    RefusedBundle,
}

/// <summary>What is in the bucket cannot be believed or used; nothing was moved because of it.</summary>
public sealed class ChainException(ChainFailure failure, string message, Exception? inner = null) : Exception(message, inner)
{
    public ChainFailure Failure { get; } = failure;

    /// <summary>What is wrong with a bundle, and which object that is: whoever has to delete it must find it.</summary>
    internal static ChainException BadBundle(ChainEntry entry, string what, Exception? inner = null) =>
        new(ChainFailure.BadBundle, $"bundle {entry.Sequence}: {what} (object {entry.Key})", inner);
}
