using Mirror.Storage;

namespace Mirror.Mirroring;

/// <summary>Keeps in a mirror's ledger, for <c>mirror status</c>, the outcome of a run that could not begin or was broken off.</summary>
/// <param name="redact">Redacts secrets.</param>
public sealed class FailureMemory(ObjectStore state, TimeProvider time, Func<string, string> redact)
{
    // A store that does not answer must not delay the report of the outcome.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly LedgerStore _ledgers = new(state);

    public Task<MirrorOutcome> ProducedAsync(MirrorOutcome outcome) => KeepAsync(
        outcome,
        _ledgers.OfProducer(outcome.Mirror),
        (ledger, failure) => (ledger ?? new ProducerLedger(outcome.Mirror)) with { Failure = failure });

    public Task<MirrorOutcome> ConsumedAsync(MirrorOutcome outcome) => KeepAsync(
        outcome,
        _ledgers.OfConsumer(outcome.Mirror),
        (ledger, failure) => (ledger ?? new ConsumerLedger(outcome.Mirror)) with { Failure = failure });

    /// <summary>For a mirror accepted by its name. The outcome is only kept if a ledger shows that a head was trusted before.</summary>
    public Task<MirrorOutcome> ConsumedAcceptedAsync(MirrorOutcome outcome) => KeepAsync(
        outcome,
        _ledgers.OfConsumer(outcome.Mirror),
        (ledger, failure) => ledger is null ? null : ledger with { Failure = failure });

    /// <param name="with">Makes the new ledger; null to write none.</param>
    private async Task<MirrorOutcome> KeepAsync<T>(MirrorOutcome outcome, RunLedger<T> ledger, Func<T?, LedgerFailure?, T?> with)
        where T : class
    {
        using var late = new CancellationTokenSource(Patience, time);
        try
        {
            await ledger.ReadAsync(late.Token);
            // An unreadable ledger is left for a person to inspect.
            return ledger.Fault is null && with(ledger.Value, LedgerFailure.Of(outcome, time.GetUtcNow(), redact)) is { } changed
                ? await ledger.RememberAsync(outcome, changed, late.Token)
                : outcome;
        }
        catch (StorageException unkept)
        {
            return Unkept(outcome, unkept.Message);
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested)
        {
            return Unkept(outcome, $"{state.Name}: no answer");
        }
    }

    private static MirrorOutcome Unkept(MirrorOutcome outcome, string why) =>
        outcome with { Warnings = [.. outcome.Warnings, $"{why}: what became of this run is not in the ledger"] };
}
