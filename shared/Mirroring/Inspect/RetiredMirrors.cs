using System.Runtime.CompilerServices;
using Mirror.Storage;

namespace Mirror.Mirroring;

/// <summary>Retires mirrors. Ledgers and records are deleted at once, objects in the bucket when no consumer can be reading them any
/// more. A marker beside the ledgers, <c>retired/NAME.json</c>, remembers the mirror.
/// The producer's runs look for markers that are due.</summary>
public sealed class RetiredMirrors(ObjectStore state, ObjectStore bucket, TimeProvider time)
{
    // By then all runs have ended that were in progress when the mirror was retired,
    // so they write nothing more that would have to be deleted.
    private static readonly TimeSpan Settling = TimeSpan.FromDays(1);

    private readonly LedgerStore _ledgers = new(state);

    /// <summary>Retires a mirror in its turn. A run in progress ends first; a run that waits for its turn then finds that the ledger is
    /// gone, and writes nothing. <see cref="BusyException"/> if a run takes too long.</summary>
    /// <param name="isWriter">Whether this side writes to the bucket. The other side has no permission to delete there.</param>
    public Task<Retirement> RetireAsync(string mirror, bool isWriter, CancellationToken cancellation) =>
        _ledgers.TakeTurnAsync(ProducerLedger.Key(mirror), mirror, turn =>
            _ledgers.TakeTurnAsync(ConsumerLedger.Key(mirror), mirror, both => isWriter
                ? DeleteAsync(new RetiredMarker(mirror) { At = time.GetUtcNow() }, both)
                : DeleteKeptAsync(mirror, both), turn), cancellation);

    /// <summary>Continues the deletion for each retired mirror. A failure of one does not stop the others.</summary>
    /// <param name="isWanted">Whether a mirror is configured.</param>
    /// <param name="configuredAt">When that configuration was read. A mirror that was retired later is not configured again.</param>
    public async IAsyncEnumerable<SweptMirror> SweepAsync(
        Predicate<string> isWanted, DateTimeOffset configuredAt, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var marked = new List<(string Mirror, DateTimeOffset Modified)>();
        await foreach (var found in state.ListAsync(RetiredMarker.Prefix, cancellation))
        {
            if (RetiredMarker.MirrorOf(found.Key) is { } mirror)
            {
                marked.Add((mirror, found.Modified));
            }
        }
        foreach (var (mirror, modified) in marked)
        {
            if (await TrySweepAsync(mirror, modified, isWanted(mirror) ? configuredAt : null, cancellation) is { } swept)
            {
                yield return swept;
            }
        }
    }

    /// <param name="wantedAt">Null if the mirror is not configured.</param>
    private async Task<SweptMirror?> TrySweepAsync(
        string mirror, DateTimeOffset modified, DateTimeOffset? wantedAt, CancellationToken cancellation)
    {
        try
        {
            if (await RetiredMarker.TryReadAsync(state, mirror, cancellation) is not { } marker
                || marker.At > wantedAt || (wantedAt is null && marker.IsDeleted && modified + Settling < time.GetUtcNow()))
            {
                return null;
            }
            // If another worker has the turn, the next sweep continues.
            return await _ledgers.TryTakeTurnAsync(ProducerLedger.Key(mirror), mirror, turn => wantedAt is not null
                ? TryUnmarkAsync(mirror, turn)
                : _ledgers.TryTakeTurnAsync(ConsumerLedger.Key(mirror), mirror, both => TryFinishAsync(mirror, both), turn), cancellation);
        }
        catch (BusyException)
        {
            return null;
        }
        catch (StorageException fault)
        {
            return new SweptMirror(mirror) { Fault = fault };
        }
    }

    /// <summary>A mirror that is configured again keeps its marker until a chain is in its ledger.</summary>
    private async Task<SweptMirror?> TryUnmarkAsync(string mirror, CancellationToken cancellation)
    {
        if ((await _ledgers.ReadProducerAsync(mirror, cancellation)).Value?.Published is null)
        {
            return null;
        }
        await state.DeleteAsync(RetiredMarker.Key(mirror), cancellation);
        return new SweptMirror(mirror) { IsListedAgain = true };
    }

    /// <summary>If a ledger or record still exists, <c>mirror forget</c> died before it was deleted, or a run wrote it later.</summary>
    private async Task<SweptMirror?> TryFinishAsync(string mirror, CancellationToken cancellation)
    {
        // If a head was put after the marker, another configuration with the same state lists the mirror.
        if (await RetiredMarker.TryReadAsync(state, mirror, cancellation) is not { } marker
            || (await _ledgers.ReadProducerAsync(mirror, cancellation)).Value?.Published?.PutAt > marker.At)
        {
            return null;
        }
        var found = await DeleteAsync(marker, cancellation);
        return found.Objects.Count > 0 && IsFree(found) ? new SweptMirror(mirror) { DeletedCount = found.Objects.Count } : null;
    }

    private async Task<Retirement> DeleteKeptAsync(string mirror, CancellationToken cancellation)
    {
        var found = await Retirement.FindAsync(mirror, state, bucket, cancellation);
        await Retirement.DeleteAsync(state, found.Kept, cancellation);
        return found;
    }

    /// <summary>The marker is written first, so that the next run completes an interrupted deletion.</summary>
    private async Task<Retirement> DeleteAsync(RetiredMarker wanted, CancellationToken cancellation)
    {
        var found = await Retirement.FindAsync(wanted.Mirror, state, bucket, cancellation);
        var before = await RetiredMarker.TryReadAsync(state, wanted.Mirror, cancellation);
        var ledger = await _ledgers.ReadProducerAsync(wanted.Mirror, cancellation);
        var marker = wanted with
        {
            Generation = new[] { before?.Generation ?? 0, found.Generation, ledger.Value?.State?.Generation ?? 0 }.Max(),
            IsDeleted = wanted.IsDeleted && found.Objects.Count == 0,
        };
        await WriteAsync(marker, before, cancellation);
        await Retirement.DeleteAsync(state, found.Kept, cancellation);
        if (!IsFree(found))
        {
            return found;
        }
        await Retirement.DeleteAsync(bucket, found.Objects, cancellation);
        if (marker.Generation == 0 && found.Kept.Count == 0)
        {
            await state.DeleteAsync(RetiredMarker.Key(marker.Mirror), cancellation);
            return found;
        }
        await WriteAsync(marker with { IsDeleted = true }, marker, cancellation);
        return found;
    }

    private async Task WriteAsync(RetiredMarker marker, RetiredMarker? before, CancellationToken cancellation)
    {
        if (marker != before)
        {
            await marker.WriteAsync(state, cancellation);
        }
    }

    private bool IsFree(Retirement found) => found.FreeFrom(ChainPolicy.Default) is not { } free || free <= time.GetUtcNow();
}
