namespace Mirror.Storage;

/// <summary>A condition that must hold at the moment of a write. Otherwise nothing is written:
/// <see cref="StorageFailure.Conflict"/>.</summary>
public readonly record struct WriteCondition
{
    private WriteCondition(bool isAbsenceRequired, string? requiredETag)
    {
        IsAbsenceRequired = isAbsenceRequired;
        RequiredETag = requiredETag;
    }

    public static WriteCondition None => default;

    public static WriteCondition IfAbsent => new(isAbsenceRequired: true, requiredETag: null);

    internal bool IsAbsenceRequired { get; }

    internal string? RequiredETag { get; }

    /// <summary>The object still has this ETag.</summary>
    public static WriteCondition IfMatch(string etag) => new(isAbsenceRequired: false, etag);

    internal bool Allows(StoredObject? current) =>
        IsAbsenceRequired ? current is null : RequiredETag is null || RequiredETag == current?.ETag;
}
