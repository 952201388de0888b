using Mirror.Storage;

namespace Mirror.Mirroring;

/// <summary>
/// Retires mirrors. Ledgers and records go at once, objects of the bucket when no consumer can be reading them any more. Until then a
/// marker lies beside the ledgers, <c>retired/NAME.json</c>, and the runs of the producer look for markers whose time has come.
/// </summary>
public sealed class RetiredMirrors(ObjectStore state, ObjectStore bucket, TimeProvider time)
{
    private const string Prefix = "retired/";
    private const string Suffix = ".json";

    private readonly LedgerStore _ledgers = new(state);

    /// <summary>Retires a mirror in the turn of one worker: a run that is at work on it ends first, and one that waits for its turn finds
    /// that the ledger is gone, and writes nothing. <see cref="BusyException"/> where a run takes too long.</summary>
    /// <param name="isWriter">Whether this side writes the bucket: the other one has no right to delete there.</param>
    public Task<Retirement> RetireAsync(string mirror, bool isWriter, CancellationToken cancellation) =>
        _ledgers.TakeTurnAsync(ProducerLedger.Key(mirror), mirror, turn =>
            _ledgers.TakeTurnAsync(ConsumerLedger.Key(mirror), mirror, both => DeleteAsync(mirror, isWriter, both), turn), cancellation);

    /// <summary>Deletes what retired mirrors have left, where its time has come.</summary>
    /// <param name="isWanted">Whether a mirror is configured again: then it is not retired any more.</param>
    /// <returns>The mirrors whose objects were deleted.</returns>
    public async Task<IReadOnlyList<Retirement>> SweepAsync(Predicate<string> isWanted, CancellationToken cancellation)
    {
        var swept = new List<Retirement>();
        foreach (var mirror in await MarkedAsync(cancellation))
        {
            // Whoever holds it is at work on the mirror, so it is not retired, or is being swept already.
            await using var lease = await _ledgers.TryLeaseAsync(ProducerLedger.Key(mirror), cancellation);
            if (lease is not null && await SweepAsync(mirror, isWanted(mirror), cancellation) is { } gone)
            {
                swept.Add(gone);
            }
        }
        return swept;
    }

    private static string MarkerOf(string mirror) => $"{Prefix}{ObjectKey.OfLedger(mirror, Suffix)}";

    private async Task<IReadOnlyList<string>> MarkedAsync(CancellationToken cancellation)
    {
        var names = new List<string>();
        await foreach (var found in state.ListAsync(Prefix, cancellation))
        {
            if (ObjectKey.ParseLedger(found.Key[Prefix.Length..], Suffix) is { } mirror)
            {
                names.Add(mirror);
            }
        }
        return names;
    }

    /// <summary>The marker comes first and goes last: whatever dies in between is done by the next run.</summary>
    private async Task<Retirement> DeleteAsync(string mirror, bool isWriter, CancellationToken cancellation)
    {
        var found = await Retirement.FindAsync(mirror, state, bucket, cancellation);
        var isMarked = isWriter && found.Objects.Count > 0;
        if (isMarked)
        {
            await state.PutAsync(MarkerOf(mirror), JsonDocuments.Write(json =>
            {
                json.WriteNumber("format", 1);
                json.WriteString("mirror", mirror);
            }), WriteCondition.None, cancellation);
        }
        await Retirement.DeleteAsync(state, found.Kept, cancellation);
        if (isMarked && IsFree(found))
        {
            await DeleteObjectsAsync(found, cancellation);
        }
        return found;
    }

    /// <summary>Null where nothing was deleted.</summary>
    private async Task<Retirement?> SweepAsync(string mirror, bool isWanted, CancellationToken cancellation)
    {
        if (isWanted || await state.TryStatAsync(ProducerLedger.Key(mirror), cancellation) is not null)
        {
            // It was begun anew.
            await state.DeleteAsync(MarkerOf(mirror), cancellation);
            return null;
        }
        var found = await Retirement.FindAsync(mirror, state, bucket, cancellation);
        if (found.Objects.Count > 0 && !IsFree(found))
        {
            return null;
        }
        await DeleteObjectsAsync(found, cancellation);
        return found;
    }

    private bool IsFree(Retirement found) => found.FreeFrom(ChainPolicy.Default) <= time.GetUtcNow();

    private async Task DeleteObjectsAsync(Retirement found, CancellationToken cancellation)
    {
        await Retirement.DeleteAsync(bucket, found.Objects, cancellation);
        await state.DeleteAsync(MarkerOf(found.Mirror), cancellation);
    }
}
