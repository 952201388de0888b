using Mirror.Storage;

namespace Mirror.Mirroring;

/// <summary>One mirror's ledger in one run: the version that the run last read or wrote. Only one worker at a time changes it.</summary>
internal sealed class RunLedger<T>(LedgerStore ledgers, string key, string mirror)
    where T : class
{
    private StoredLedger<T> _kept;

    public required Func<CancellationToken, Task<StoredLedger<T>>> Read { private get; init; }

    public required Func<T, string?, CancellationToken, Task<StoredLedger<T>>> Write { private get; init; }

    /// <summary>Null if there is none, or none that can be read.</summary>
    public T? Value => _kept.Value;

    /// <summary>Why it cannot be read.</summary>
    public string? Fault => _kept.Fault;

    /// <summary>Reads the ledger. <see cref="BusyException"/> if it existed before and is gone: then the mirror was retired, and this run
    /// must not start it again.</summary>
    public async Task ReadAsync(CancellationToken cancellation)
    {
        var found = await Read(cancellation);
        _kept = _kept.ETag is null || found.ETag is not null ? found : throw new BusyException(
            $"{mirror}: its ledger was deleted while this run was under way, as mirror forget does: nothing more is written");
    }

    /// <summary>Writes the ledger. Fails if another worker has changed it.</summary>
    public async Task WriteAsync(T ledger, CancellationToken cancellation) => _kept = await Write(ledger, _kept.ETag, cancellation);

    /// <summary>Does work in this mirror's turn. False if another worker has changed the ledger since it was read, so that the run must
    /// read everything again.</summary>
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

    /// <summary>Adds the outcome of a run to the ledger, for <c>mirror status</c>.</summary>
    /// <returns>The outcome. If it could not be kept, it has a warning about that.</returns>
    public async Task<MirrorOutcome> RememberAsync(MirrorOutcome outcome, T ledger, CancellationToken cancellation)
    {
        try
        {
            // Skipped while another run works on the ledger, since a change would force that run to start again.
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
