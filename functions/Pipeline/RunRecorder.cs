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

    // Of the time that the ping after it has.
    private static readonly TimeSpan KnownLimit = TimeSpan.FromSeconds(5);

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
            if (await IsKnownAsync(outcome, cancellation))
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

    /// <summary>Whether anybody is told by ping. Where the state does not say whether the mirror is known, they are: what is wrong with the
    /// state is said by the record, which cannot be written either.</summary>
    public async Task<bool> IsToldAsync(MirrorOutcome outcome, CancellationToken cancellation)
    {
        using var late = new CancellationTokenSource(KnownLimit, composition.Remotes.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellation);
        try
        {
            return await IsKnownAsync(outcome, either.Token);
        }
        catch (Exception unknown) when (unknown is StorageException or UsageException or OperationCanceledException)
        {
            return true;
        }
    }

    /// <summary>A mirror that is accepted by its name has a ledger as soon as a head of it was believed. Without a ledger, the name may
    /// come from anybody who can write to the bucket: a record of each would fill the state, and a ping of each would
    /// be a false alarm.</summary>
    private async Task<bool> IsKnownAsync(MirrorOutcome outcome, CancellationToken cancellation) =>
        job != JobState.Consume || outcome.IsGood
            || composition.Configuration is not { State: not null } configuration || configuration.Find(outcome.Mirror) is not null
            || await ConsumerLedger.IsInAsync(composition.OpenState(), outcome.Mirror, cancellation);

    private static string Unkept(string why) => $"{why}: the status page does not know of this run";
}
