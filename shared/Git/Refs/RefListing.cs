namespace Mirror.Git;

/// <summary>One ref as a server lists it.</summary>
public readonly record struct Ref(RefName Name, ObjectId Id);

/// <summary>The refs of a remote at one moment.</summary>
public sealed record RefListing(ObjectFormat Format, RefList Refs)
{
    /// <summary>The branch that HEAD names, if the server reports it. The branch may not exist yet.</summary>
    public RefName? Head { get; init; }

    /// <summary>The id that HEAD points at, or null in a repository without commits.</summary>
    public ObjectId? HeadId { get; init; }

    /// <summary>The object that each annotated tag finally points at, if the server reports it.</summary>
    public IReadOnlyDictionary<ObjectId, ObjectId> Peeled { get; init; } = new Dictionary<ObjectId, ObjectId>();

    /// <summary>Objects that the server has but no ref of its own points at: <c>.have</c> lines, from its alternates.</summary>
    public IReadOnlyList<ObjectId> Haves { get; init; } = [];

    /// <summary>Names that are not UTF-8 or break git-check-ref-format(1), made printable. They cannot be mirrored.</summary>
    public IReadOnlyCollection<string> Unusable { get; init; } = [];
}
