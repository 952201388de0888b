namespace Mirror.Git;

/// <summary>One ref to move: from what it is, to what it shall be. A null id says that it is not there.</summary>
public readonly record struct RefCommand(RefName Name, ObjectId Old, ObjectId New)
{
    public bool IsDelete => New.IsNull;

    public bool IsCreate => Old.IsNull;
}

/// <summary>A push: refs to move, and the pack that brings what they need.</summary>
public sealed record PushRequest(IReadOnlyList<RefCommand> Commands)
{
    /// <summary>Writes the pack. Without one, an empty pack goes along where the protocol wants one.</summary>
    public Func<Stream, CancellationToken, Task>? WritePack { get; init; }

    /// <summary>Asks for all or nothing.</summary>
    public bool Atomic { get; init; }

    /// <summary>Words for the remote's hooks, git push -o.</summary>
    public IReadOnlyCollection<string> Options { get; init; } = [];

    public Action<string>? Progress { get; init; }
}
