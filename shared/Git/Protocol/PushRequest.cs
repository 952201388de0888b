namespace Mirror.Git;

/// <summary>Moves one ref from its old to its new id. A null id means that the ref does not exist.</summary>
public readonly record struct RefCommand(RefName Name, ObjectId Old, ObjectId New)
{
    public bool IsDelete => New.IsNull;

    public bool IsCreate => Old.IsNull;
}

/// <summary>A push: the refs to move, and the pack with the objects that they need.</summary>
public sealed record PushRequest(IReadOnlyList<RefCommand> Commands)
{
    /// <summary>Writes the pack. If null, an empty pack is sent where the protocol requires one.</summary>
    public Func<Stream, CancellationToken, Task>? WritePack { get; init; }

    /// <summary>Asks the remote to move all refs or none.</summary>
    public bool Atomic { get; init; }

    /// <summary>Push options for the remote's hooks, as with <c>git push -o</c>.</summary>
    public IReadOnlyCollection<string> Options { get; init; } = [];

    public Action<string>? Progress { get; init; }
}
