namespace Mirror.Storage.Drivers;

/// <summary>A lease that a store has granted. Its holder decides when to renew it.</summary>
internal interface ILeaseHold
{
    /// <summary>The granted duration, which may be shorter than the requested one.</summary>
    TimeSpan Duration { get; }

    /// <summary>False if the lease is now held elsewhere.
    /// After an exception that is unknown, and the renewal may be tried again.</summary>
    Task<bool> TryRenewAsync(CancellationToken cancellation);

    /// <summary>Frees the lease at once. Does nothing if it is already held elsewhere.</summary>
    Task ReleaseAsync(CancellationToken cancellation);
}
