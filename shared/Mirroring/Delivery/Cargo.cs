using Mirror.Git;

namespace Mirror.Mirroring;

/// <summary>Gives the pack that some changes need, or null when the target has all of it.</summary>
internal delegate Task<Func<Stream, CancellationToken, Task>?> PackSupply(IReadOnlyList<RefCommand> changes,
    CancellationToken cancellation);

/// <summary>What is brought to a target: a plan, made again of what the target has after each push, and the pack that it needs.</summary>
internal sealed record Cargo(Func<RefListing, TargetPlan> Plan, PackSupply Packs)
{
    /// <summary>Which of the changes that are left are tried now; with none the delivery is over.</summary>
    public Func<IReadOnlyList<RefCommand>, IReadOnlyList<RefCommand>> Choose { get; init; } = changes => changes;

    /// <summary>Done when the target has answered a push, before anything is made of the answer.</summary>
    public Func<CancellationToken, Task> Sent { get; init; } = _ => Task.CompletedTask;

    /// <summary>What it is called that the target does not take a pack.</summary>
    public Func<RemoteException, Exception> Refusal { get; init; } = refused => refused;

    /// <summary>Given the refs before a push and what was pushed: throws where others have moved what they should not.</summary>
    public Action<RefListing, IReadOnlyList<RefCommand>>? Guard { get; init; }

    /// <summary>The supply of a push for which the target has all objects.</summary>
    public static Task<Func<Stream, CancellationToken, Task>?> NoPack(IReadOnlyList<RefCommand> changes, CancellationToken cancellation) =>
        Task.FromResult<Func<Stream, CancellationToken, Task>?>(null);
}
