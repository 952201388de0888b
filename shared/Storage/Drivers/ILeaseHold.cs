namespace Mirror.Storage.Drivers;

/// <summary>A lease that a store has granted: its holder says when to renew it.</summary>
internal interface ILeaseHold
{
    /// <summary>What the store has granted, which may be less than was asked for.</summary>
    TimeSpan Duration { get; }

    /// <summary>Gives false when someone else has it now. An exception leaves that open, and may be tried again.</summary>
    Task<bool> TryRenewAsync(CancellationToken cancellation);

    /// <summary>Lets the next one have it at once. Does nothing when someone else has it already.</summary>
    Task ReleaseAsync(CancellationToken cancellation);
}
