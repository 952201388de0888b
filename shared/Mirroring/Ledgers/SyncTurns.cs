using Mirror.Storage;

namespace Mirror.Mirroring;

/// <summary>Lets one worker at a time sync a mirror. A sync has no ledger, since the target is its state. Two workers at once do no harm,
/// since a push states the old ids, but they do all work twice.
/// So if the state store is not available, the sync runs without a turn.</summary>
public sealed class SyncTurns(ObjectStore state)
{
    private readonly LedgerStore _ledgers = new(state);

    public async Task<MirrorOutcome> TakeAsync(string mirror, Func<CancellationToken, Task<MirrorOutcome>> run,
        CancellationToken cancellation)
    {
        MirrorOutcome? outcome = null;
        try
        {
            return await _ledgers.TakeTurnAsync(ObjectKey.OfLedger(mirror, ".sync.turn"), mirror, async turn => outcome = await run(turn),
                cancellation);
        }
        catch (BusyException busy)
        {
            return new MirrorOutcome(mirror, OutcomeKind.Held) { Error = MirrorError.TryOf(busy) };
        }
        catch (StorageException unasked)
        {
            outcome ??= await run(cancellation);
            return outcome with
            {
                Warnings = [.. outcome.Warnings,
                $"{unasked.Message}: nothing keeps another run of this mirror from doing the same at once"]
            };
        }
    }
}
