using Mirror.Mirroring;
using Mirror.Storage;

namespace Mirror.Functions.Pipeline;

/// <summary>Records the outcomes of one job beside the ledgers, if the configuration has a <c>state</c>.</summary>
internal sealed class RunRecorder(Composition composition, string job)
{
    // Other commands only read, or are run by hand.
    private static readonly string[] Recorded = [JobState.Produce, JobState.Sync, JobState.Consume];

    // A run without changes is not written again for this long if the record already says the same. Otherwise a thousand such mirrors
    // would cost a thousand writes per round.
    private static readonly TimeSpan MaxLife = TimeSpan.FromMinutes(10);

    // Limits how much too long a lag that counts from the last proof may be: this part of the objective.
    private const int LifePart = 6;

    // Part of the time limit of the ping that follows.
    private static readonly TimeSpan KnownLimit = TimeSpan.FromSeconds(5);

    private readonly Func<string, TimeSpan>? _objectiveOf = composition.Configuration?.Objectives();

    /// <summary>Returns why the run is not in the record; null if it is, or need not be. The run counts in any case.</summary>
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

    /// <summary>Whether to send a ping. If the state cannot be read, the ping is sent; writing the record fails too, and reports the
    /// fault of the state.</summary>
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

    /// <summary>A mirror accepted by its name has a ledger once it had a trusted head. Without a ledger, anyone who can write to the
    /// bucket may have chosen the name: records of such names would fill the state, and their pings would be false alarms.</summary>
    private async Task<bool> IsKnownAsync(MirrorOutcome outcome, CancellationToken cancellation) =>
        job != JobState.Consume || outcome.IsGood
            || composition.Configuration is not { State: not null } configuration || configuration.Find(outcome.Mirror) is not null
            || await ConsumerLedger.IsInAsync(composition.OpenState(), outcome.Mirror, cancellation);

    private static string Unkept(string why) => $"{why}: the status page does not know of this run";
}
