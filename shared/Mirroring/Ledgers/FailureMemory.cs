using Mirror.Storage;

namespace Mirror.Mirroring;

/// <summary>Keeps in a mirror's ledger, for <c>mirror status</c>, what became of a run that could not begin, or was broken off.</summary>
/// <param name="redact">Takes secrets out of what is kept.</param>
public sealed class FailureMemory(ObjectStore state, TimeProvider time, Func<string, string> redact)
{
    // A store of the ledgers that is silent must not hold up what is to be told.
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

    /// <summary>For a mirror that is accepted by its name: only where a ledger shows that a head of it was believed.</summary>
    public Task<MirrorOutcome> ConsumedAcceptedAsync(MirrorOutcome outcome) => KeepAsync(
        outcome,
        _ledgers.OfConsumer(outcome.Mirror),
        (ledger, failure) => ledger is null ? null : ledger with { Failure = failure });

    /// <param name="with">The new ledger; null for none.</param>
    private async Task<MirrorOutcome> KeepAsync<T>(MirrorOutcome outcome, RunLedger<T> ledger, Func<T?, LedgerFailure?, T?> with)
        where T : class
    {
        using var late = new CancellationTokenSource(Patience, time);
        try
        {
            await ledger.ReadAsync(late.Token);
            // One that cannot be read is left as it is, for a person to look at.
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
