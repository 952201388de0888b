using Mirror.Functions.Output;
using Mirror.Mirroring;
using Mirror.Storage;

namespace Mirror.Functions.Jobs;

/// <summary>Where outcomes go: one line of JSON on standard output, which the host logs, and the mirror's record beside the ledgers.</summary>
internal sealed class RunLog(TimeProvider time, TextWriter output)
{
    public async Task AddAsync(Workplace workplace, JobKind kind, MirrorOutcome outcome)
    {
        await output.WriteLineAsync(OutcomeJson.Line(outcome, Workplace.Secrets.Redact));
        if (workplace.Configuration?.State is null)
        {
            return;
        }
        var state = workplace.OpenState();
        try
        {
            await RunRecord.AddAsync(state, kind.ToString().ToLowerInvariant(), outcome, time.GetUtcNow(), CancellationToken.None);
        }
        catch (StorageException unkept)
        {
            // The run stands, and is told above.
            await output.WriteLineAsync($"warning: {outcome.Mirror}: {Workplace.Secrets.Redact(unkept.Message)}: the status page does not know of this run");
        }
    }
}
