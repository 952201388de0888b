using Mirror.Mirroring;

namespace Mirror.Functions.Output;

/// <summary>How a command words the outcome of a mirror.</summary>
/// <param name="Kind">The word for a summary. The second argument is true for a dry run.</param>
/// <param name="Describe">The line of one result.</param>
internal sealed record OutcomeWording(Func<OutcomeKind, bool, string> Kind, Func<MirrorOutcome, bool, string> Describe)
{
    public static readonly OutcomeWording OfRuns = new(
        (kind, isDryRun) => kind == OutcomeKind.Updated && isDryRun ? "would update" : kind.ToString().ToLowerInvariant(),
        OutcomeText.Result);
}
