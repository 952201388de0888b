using Mirror.Mirroring;
using Mirror.Storage;

namespace Mirror.Functions.Pipeline;

/// <summary>Keeps what became of the runs of one job beside the ledgers, where the configuration has a <c>state</c>.</summary>
internal sealed class RunRecorder(Composition composition, string job)
{
    // Other commands only look, or are of a person's own doing.
    private static readonly string[] Recorded = [JobState.Produce, JobState.Sync, JobState.Consume];

    // Of a run that changed nothing, as long as the record says the same: a thousand such mirrors would be a thousand writes in each round.
    private static readonly TimeSpan MaxLife = TimeSpan.FromMinutes(10);

    // So that a lag that counts from the last proof is not too long by more than this part of what is allowed.
    private const int LifePart = 6;

    private readonly Func<string, TimeSpan>? _objectiveOf = composition.Configuration?.Objectives();

    /// <summary>Says why the run is not in the record, or null where it is, or need not be. The run stands all the same.</summary>
    public async Task<string?> TryAddAsync(MirrorOutcome outcome, CancellationToken cancellation)
    {
        if (composition.Configuration?.State is not { } state || outcome.IsBusy || !Recorded.Contains(job))
        {
            return null;
        }
        try
        {
            var ended = new EndedRun(job, outcome, composition.Remotes.Time.GetUtcNow(), composition.Secrets.Redact)
            {
                Life = TimeSpan.FromTicks(Math.Min(MaxLife.Ticks, _objectiveOf!(outcome.Mirror).Ticks / LifePart)),
            };
            var store = composition.OpenState();
            if (await IsKnownAsync(store, outcome, cancellation))
            {
                await RunRecord.AddAsync(store, ended, cancellation);
            }
            return null;
        }
        catch (Exception unkept) when (unkept is StorageException or UsageException)
        {
            return Unkept(unkept.Message);
        }
        catch (OperationCanceledException)
        {
            return Unkept($"{state}: no answer in time");
        }
    }

    /// <summary>A mirror that is accepted by its name has a ledger as soon as a head of it was believed. Without a ledger, the name may
    /// come from anybody who can write to the bucket, and a record of each would fill the state.</summary>
    private async Task<bool> IsKnownAsync(ObjectStore state, MirrorOutcome outcome, CancellationToken cancellation) =>
        job != JobState.Consume || outcome.IsGood || composition.Configuration!.Find(outcome.Mirror) is not null
            || await ConsumerLedger.IsInAsync(state, outcome.Mirror, cancellation);

    private static string Unkept(string why) => $"{why}: the status page does not know of this run";
}
