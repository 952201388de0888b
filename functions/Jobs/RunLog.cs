using Mirror.Functions.Output;
using Mirror.Functions.Serving;
using Mirror.Mirroring;
using Mirror.Storage;

namespace Mirror.Functions.Jobs;

/// <summary>Where outcomes go: one line of JSON on standard output, which the
/// host logs, and the mirror's record beside the ledgers.</summary>
internal sealed class RunLog(TimeProvider time, HostLog log)
{
    public async Task AddAsync(Composition composition, JobKind kind, MirrorOutcome outcome, CancellationToken cancellation)
    {
        log.Say(OutcomeJson.Line(outcome, composition.Secrets.Redact));
        if (composition.Configuration?.State is null || outcome.IsBusy)
        {
            return;
        }
        // The run stands, and is told above, whatever becomes of its record.
        try
        {
            var ended = new EndedRun(kind.ToString().ToLowerInvariant(), outcome, time.GetUtcNow(), composition.Secrets.Redact);
            await RunRecord.AddAsync(composition.OpenState(), ended, cancellation);
        }
        catch (Exception unkept) when (unkept is StorageException or UsageException)
        {
            Unkept(outcome, unkept.Message);
        }
        catch (OperationCanceledException)
        {
            Unkept(outcome, $"{composition.Configuration.State}: no answer in time");
        }
    }

    private void Unkept(MirrorOutcome outcome, string why) =>
        log.Warn($"warning: {outcome.Mirror}: {why}: the status page does not know of this run");

    public void Drop(JobMessage message, string why) => log.Say($"a message for {message.Mirror} is dropped: {why}");

    /// <summary>Says what nobody should overlook, although it stopped nothing.</summary>
    public void Warn(MirrorOutcome outcome)
    {
        foreach (var warning in outcome.Warnings)
        {
            log.Warn($"warning: {outcome.Mirror}: {warning}");
        }
    }
}
