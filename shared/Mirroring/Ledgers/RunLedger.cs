using Mirror.Storage;

namespace Mirror.Mirroring;

/// <summary>One mirror's ledger in one run: as the run has read or written it last, and changed by one worker at a time.</summary>
internal sealed class RunLedger<T>(LedgerStore ledgers, string key, string mirror)
    where T : class
{
    private StoredLedger<T> _kept;

    public required Func<CancellationToken, Task<StoredLedger<T>>> Read { private get; init; }

    public required Func<T, string?, CancellationToken, Task<StoredLedger<T>>> Write { private get; init; }

    /// <summary>Null where there is none, or none that can be read.</summary>
    public T? Value => _kept.Value;

    /// <summary>Why it cannot be read.</summary>
    public string? Fault => _kept.Fault;

    /// <summary>Reads it; <see cref="BusyException"/> where it was there before and is gone. Then somebody has retired the mirror, and this
    /// run must not begin it anew.</summary>
    public async Task ReadAsync(CancellationToken cancellation)
    {
        var found = await Read(cancellation);
        _kept = _kept.ETag is null || found.ETag is not null ? found : throw new BusyException(
            $"{mirror}: its ledger was deleted while this run was under way, as mirror forget does: nothing more is written");
    }

    /// <summary>Writes it on the condition that nobody else has.</summary>
    public async Task WriteAsync(T ledger, CancellationToken cancellation) => _kept = await Write(ledger, _kept.ETag, cancellation);

    /// <summary>Does something in this worker's turn; false if another one has been here
    /// since the ledger was read, so that all must be looked at anew.</summary>
    public Task<bool> TryTakeTurnAsync(Func<CancellationToken, Task> work, CancellationToken cancellation) =>
        ledgers.TakeTurnAsync(key, mirror, async token =>
    {
        if (await ledgers.TryFindETagAsync(key, token) != _kept.ETag)
        {
            return false;
        }
        await work(token);
        return true;
    }, cancellation);

    /// <summary>Adds what has become of a run to the ledger, for <c>mirror status</c>.</summary>
    /// <returns>The outcome, which stands and is told: that it could not be kept for later is told beside it.</returns>
    public async Task<MirrorOutcome> RememberAsync(MirrorOutcome outcome, T ledger, CancellationToken cancellation)
    {
        try
        {
            // A ledger that another run is at work on is not ours to touch: it would have to begin again.
            await using var lease = await ledgers.TryLeaseAsync(key, cancellation);
            if (lease is not null)
            {
                await WriteAsync(ledger, cancellation);
            }
            return outcome;
        }
        catch (StorageException unkept)
        {
            return outcome with { Warnings = [.. outcome.Warnings, $"{unkept.Message}: what became of this run is not in the ledger"] };
        }
    }
}
