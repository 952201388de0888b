using Mirror.Functions.Output;
using Mirror.Functions.Serving;
using Mirror.Mirroring;

namespace Mirror.Functions.Jobs;

/// <summary>Writes runs to the log of a Functions app: one line of JSON on standard output for each.</summary>
internal sealed class RunLog(HostLog log)
{
    /// <param name="redact">Redacts secrets.</param>
    public void Add(MirrorOutcome outcome, Func<string, string> redact) => log.Say(OutcomeJson.Line(outcome, redact));

    public void Drop(JobMessage message, string why) => log.Say($"a message for {message.Mirror} is dropped: {why}");

    /// <summary>Writes problems that did not stop the run but need attention.</summary>
    public void Warn(MirrorOutcome outcome)
    {
        foreach (var warning in outcome.Warnings)
        {
            log.Warn($"warning: {outcome.Mirror}: {warning}");
        }
    }
}
