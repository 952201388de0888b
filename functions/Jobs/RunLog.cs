using Mirror.Functions.Output;
using Mirror.Mirroring;
using Mirror.Storage;

namespace Mirror.Functions.Jobs;

/// <summary>Where outcomes go: one line of JSON on standard output, which the host logs, and the mirror's record beside the ledgers.</summary>
/// <param name="log">Both redact what they are given.</param>
/// <param name="warn">Standard error, where a line with "warning" becomes one.</param>
internal sealed class RunLog(TimeProvider time, Action<string> log, Action<string> warn)
{
    public async Task AddAsync(Workplace workplace, JobKind kind, MirrorOutcome outcome, CancellationToken cancellation)
    {
        log(OutcomeJson.Line(outcome, Workplace.Secrets.Redact));
        if (workplace.Configuration?.State is null)
        {
            return;
        }
        // The run stands, and is told above, whatever becomes of its record.
        try
        {
            var ended = new EndedRun(kind.ToString().ToLowerInvariant(), outcome, time.GetUtcNow(), Workplace.Secrets.Redact);
            await RunRecord.AddAsync(workplace.OpenState(), ended, cancellation);
        }
        catch (Exception unkept) when (unkept is StorageException or UsageException)
        {
            Unkept(outcome, unkept.Message);
        }
        catch (OperationCanceledException)
        {
            Unkept(outcome, $"{workplace.Configuration.State}: no answer in time");
        }
    }

    private void Unkept(MirrorOutcome outcome, string why) => warn(Printed.Clean($"warning: {outcome.Mirror}: {why}: the status page does not know of this run"));

    public void Say(string line) => log(Printed.Clean(line));

    /// <summary>Says what nobody should overlook, although it stopped nothing.</summary>
    public void Warn(MirrorOutcome outcome)
    {
        foreach (var warning in outcome.Warnings)
        {
            warn(Printed.Clean($"warning: {outcome.Mirror}: {warning}"));
        }
    }
}
