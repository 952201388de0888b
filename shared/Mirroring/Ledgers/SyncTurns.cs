using Mirror.Storage;

namespace Mirror.Mirroring;

/// <summary>Lets one worker at a time sync a mirror. There is no ledger of it:
/// the target is the state. Two at once would do no harm either,
/// since a push says what it expects to find, but all the work twice; so it goes on where nobody can be asked for a turn.</summary>
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
