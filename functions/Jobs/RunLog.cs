using Mirror.Functions.Output;
using Mirror.Mirroring;
using Mirror.Storage;

namespace Mirror.Functions.Jobs;

/// <summary>Where outcomes go: one line of JSON on standard output, which the host logs, and the mirror's record beside the ledgers.</summary>
/// <param name="log">Both redact what they are given.</param>
/// <param name="warn">Standard error, where a line with "warning" becomes one.</param>
internal sealed class RunLog(TimeProvider time, Action<string> log, Action<string> warn)
{
    public async Task AddAsync(Workplace workplace, JobKind kind, MirrorOutcome outcome)
    {
        log(OutcomeJson.Line(outcome, Workplace.Secrets.Redact));
        if (workplace.Configuration?.State is null)
        {
            return;
        }
        var state = workplace.OpenState();
        try
        {
            await RunRecord.AddAsync(state, new EndedRun(kind.ToString().ToLowerInvariant(), outcome, time.GetUtcNow(), Workplace.Secrets.Redact), CancellationToken.None);
        }
        catch (StorageException unkept)
        {
            // The run stands, and is told above.
            warn($"warning: {outcome.Mirror}: {unkept.Message}: the status page does not know of this run");
        }
    }

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
