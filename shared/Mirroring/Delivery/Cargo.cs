using Mirror.Git;

namespace Mirror.Mirroring;

/// <summary>Returns the pack for some changes, or null if the target has all objects.</summary>
internal delegate Task<Func<Stream, CancellationToken, Task>?> PackSupply(IReadOnlyList<RefCommand> changes,
    CancellationToken cancellation);

/// <summary>A delivery to a target: a plan, made again from the target's refs after each push, and the packs for it.</summary>
internal sealed record Cargo(Func<RefListing, TargetPlan> Plan, PackSupply Packs)
{
    /// <summary>Chooses which of the remaining changes to push now. With none, the delivery is done.</summary>
    public Func<IReadOnlyList<RefCommand>, IReadOnlyList<RefCommand>> Choose { get; init; } = changes => changes;

    /// <summary>Called after the target has answered a push, before the answer is used.</summary>
    public Func<CancellationToken, Task> Sent { get; init; } = _ => Task.CompletedTask;

    /// <summary>Makes the exception for a pack that the target refused.</summary>
    public Func<RemoteException, Exception> Refusal { get; init; } = refused => refused;

    /// <summary>Called after a push, with the refs before it and the pushed changes.
    /// Throws if others have moved refs that they must not move.</summary>
    public Action<RefListing, IReadOnlyList<RefCommand>>? Guard { get; init; }

    /// <summary>The supply for a push whose objects the target already has.</summary>
    public static Task<Func<Stream, CancellationToken, Task>?> NoPack(IReadOnlyList<RefCommand> changes, CancellationToken cancellation) =>
        Task.FromResult<Func<Stream, CancellationToken, Task>?>(null);
}
