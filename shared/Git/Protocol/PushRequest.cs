namespace Mirror.Git;

/// <summary>One ref to move: from what it is, to what it shall be. A null id says that it is not there.</summary>
public readonly record struct RefCommand(RefName Name, ObjectId Old, ObjectId New)
{
    public bool IsDelete => New.IsNull;

    public bool IsCreate => Old.IsNull;
}

/// <summary>A push: refs to move, and the pack that brings what they need.</summary>
public sealed record PushRequest(IReadOnlyCollection<RefCommand> Commands)
{
    /// <summary>Writes the pack. Without one, an empty pack goes along where the protocol wants one.</summary>
    public Func<Stream, CancellationToken, Task>? WritePack { get; init; }

    /// <summary>Asks for all or nothing.</summary>
    public bool Atomic { get; init; }

    /// <summary>Words for the remote's hooks, git push -o.</summary>
    public IReadOnlyCollection<string> Options { get; init; } = [];

    public Action<string>? Progress { get; init; }
}

/// <summary>What the remote says became of a push.</summary>
public sealed class PushReport
{
    private readonly Dictionary<RefName, string?> _outcomes = [];

    /// <summary>Why the pack was not taken, or null. Then no ref has moved.</summary>
    public string? UnpackError { get; internal set; }

    /// <summary>What the remote said for people while it worked: a hook's words, a full disk.</summary>
    public IReadOnlyCollection<string> Messages { get; internal set; } = [];

    /// <summary>Refs that the remote refused, each with its reason.</summary>
    public IEnumerable<KeyValuePair<RefName, string>> Refused =>
        _outcomes.Where(outcome => outcome.Value is not null).Select(outcome => KeyValuePair.Create(outcome.Key, outcome.Value!));

    /// <summary>Refs that the remote says it has moved, to what they were to be.</summary>
    public bool Accepted(RefName name) => UnpackError is null && _outcomes.TryGetValue(name, out var reason) && reason is null;

    /// <summary>Whether the remote spoke of this ref at all. A hook may move it elsewhere than asked; then it counts as not spoken of.</summary>
    public bool Knows(RefName name) => _outcomes.ContainsKey(name);

    internal void Accept(RefName name) => _outcomes.TryAdd(name, null);

    internal void Refuse(RefName name, string reason) => _outcomes[name] = reason;

    internal void Forget(RefName name) => _outcomes.Remove(name);
}
