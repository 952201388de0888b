using Mirror.Functions.Output;
using Mirror.Functions.Pipeline;
using Mirror.Mirroring;
using Mirror.Storage;

namespace Mirror.Functions.Commands;

/// <summary><c>--watch</c>: at each tick, the configuration is read again,
/// and every mirror whose last run has ended runs again.</summary>
internal sealed class Watch(MirrorCommand command, CommandCall call, Reporter reporter)
{
    private readonly WatchPings _pings = new(call.Options, reporter);
    private bool _hasBegun;

    public async Task<int> RunAsync(TimeSpan interval, CancellationToken cancellation)
    {
        var schedule = new MirrorSchedule(interval, call.Options.Parallel, reporter.Time);
        await reporter.ShowAsync(
            () => schedule.RunAsync(token => PlanAsync(interval, token), cancellation),
            idle: () => reporter.NextRun(schedule.NextTick));
        return ExitStatus.Done;
    }

    /// <summary>Wrong usage at the first tick ends the command.
    /// Later errors, or stores that are not reachable, may be repaired while we wait.</summary>
    private async Task<DueJobs> PlanAsync(TimeSpan interval, CancellationToken cancellation)
    {
        Composition? composition = null;
        try
        {
            composition = await command.OpenAsync(call, cancellation);
            var (jobs, opened) = (await command.PlanAsync(composition, call, cancellation), composition);
            reporter.Mended();
            _pings.Remember(opened, jobs);
            if (!_hasBegun)
            {
                _hasBegun = true;
                reporter.Say($"watching {Quantity.Of(jobs.Count, "mirror")}, every {Quantity.Exactly(interval)}");
            }
            await command.TidyAsync(opened, call, cancellation);
            return new DueJobs(jobs, (job, token) => Batch.RunOneAsync(job, opened, reporter, token), composition);
        }
        catch (Exception wrong) when (wrong is RunException or StorageException || (wrong is UsageException && _hasBegun))
        {
            composition?.Dispose();
            reporter.Trouble(wrong.Message);
            return _pings.Due(MirrorError.TryOf(wrong) ?? new MirrorError(RunPipeline.ReasonWithin(wrong), wrong.Message));
        }
    }
}
