namespace Mirror.Mirroring;

/// <summary>The check that a mirror's objects in the bucket failed. A closed set, since scripts see each value as a reason.</summary>
public enum ChainFailure
{
    /// <summary>The mirror has no head.</summary>
    NoHead,

    /// <summary>None of the configured identities decrypts the head.</summary>
    Undecryptable,

    /// <summary>The head's ciphertext was changed or cut.</summary>
    DamagedHead,

    /// <summary>The head is not signed, signed by a key that is not trusted, or was changed afterwards.</summary>
    Signature,

    /// <summary>The head is signed, but its content is not valid for this release.</summary>
    Malformed,

    /// <summary>The head belongs to another mirror.</summary>
    WrongMirror,

    /// <summary>The head is older than one that was consumed before.</summary>
    Rollback,

    /// <summary>A required bundle is missing, and no full bundle replaces it.</summary>
    MissingBundle,

    /// <summary>The chain does not have this sequence number.</summary>
    NoSequence,

    /// <summary>A bundle does not match the head, or cannot be decrypted or read.</summary>
    BadBundle,

    /// <summary>A bundle matches the head, but the target refuses its pack.</summary>
    RefusedBundle,
}

/// <summary>The objects in the bucket cannot be trusted or used. Nothing was moved because of them.</summary>
public sealed class ChainException(ChainFailure failure, string message, Exception? inner = null) : Exception(message, inner)
{
    public ChainFailure Failure { get; } = failure;

    /// <summary>The fault of a bundle, with its object's key, so that a person can delete that object.</summary>
    internal static ChainException BadBundle(ChainEntry entry, string what, Exception? inner = null) =>
        new(ChainFailure.BadBundle, $"bundle {entry.Sequence}: {what} (object {entry.Key})", inner);
}
