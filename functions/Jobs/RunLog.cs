using Mirror.Functions.Output;
using Mirror.Functions.Serving;
using Mirror.Mirroring;

namespace Mirror.Functions.Jobs;

/// <summary>What the log of a Functions app says of runs: one line of JSON on standard output for each.</summary>
internal sealed class RunLog(HostLog log)
{
    /// <param name="redact">Takes secrets out.</param>
    public void Add(MirrorOutcome outcome, Func<string, string> redact) => log.Say(OutcomeJson.Line(outcome, redact));

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
