using Mirror.Storage.Drivers;

namespace Mirror.Storage;

/// <summary>Mutual exclusion between processes. The lease renews itself until it is disposed, which frees it.</summary>
public sealed class Lease : IAsyncDisposable
{
    private readonly ILeaseHold _hold;
    private readonly DriverErrors _errors;
    private readonly CancellationTokenSource _lost;
    private readonly CancellationTokenSource _ended;
    private readonly Task _renewal;
    private bool _isDisposed;

    internal Lease(string key, ILeaseHold hold, LeaseTime time, DriverErrors errors)
    {
        Key = key;
        _hold = hold;
        _errors = errors;
        _lost = new CancellationTokenSource(time.Left, time.Clock);
        Lost = _lost.Token;
        _ended = CancellationTokenSource.CreateLinkedTokenSource(Lost);
        _renewal = RenewAsync(time);
    }

    public string Key { get; }

    /// <summary>Cancelled when the lease is held elsewhere, or may be because no renewal succeeded in time.</summary>
    public CancellationToken Lost { get; }

    /// <summary>Releases the lease. A failure is ignored, since the work under the lease has succeeded;
    /// the next holder only waits a little longer.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_isDisposed)
        {
            return;
        }
        _isDisposed = true;
        await _ended.CancelAsync();
        await _renewal;
        try
        {
            await _errors.RunAsync(StoreAction.Release, Key, () => new ValueTask(_hold.ReleaseAsync(CancellationToken.None)));
        }
        catch (StorageException)
        {
        }
        _ended.Dispose();
        _lost.Dispose();
    }

    private async Task RenewAsync(LeaseTime time)
    {
        try
        {
            while (true)
            {
                await time.UntilRenewalAsync(_ended.Token);
                await RenewOnceAsync(time.AskedNow());
            }
        }
        catch (OperationCanceledException) when (_ended.IsCancellationRequested)
        {
        }
    }

    private async Task RenewOnceAsync(LeaseTime time)
    {
        try
        {
            if (await _errors.RunAsync(StoreAction.Renew, Key, () => _hold.TryRenewAsync(_ended.Token)))
            {
                _lost.CancelAfter(time.Left);
            }
            else
            {
                await _lost.CancelAsync();
            }
        }
        catch (StorageException)
        {
            // The next attempt may succeed. The remaining time decides when the lease is lost.
        }
    }
}
