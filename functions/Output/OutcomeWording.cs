using Mirror.Mirroring;

namespace Mirror.Functions.Output;

/// <summary>How a command says what became of a mirror.</summary>
/// <param name="Kind">What a summary calls it; the second argument is whether it is a dry run.</param>
/// <param name="Describe">The line of one result.</param>
internal sealed record OutcomeWording(Func<OutcomeKind, bool, string> Kind, Func<MirrorOutcome, bool, string> Describe)
{
    public static readonly OutcomeWording OfRuns = new(
        (kind, isDryRun) => kind == OutcomeKind.Updated && isDryRun ? "would update" : kind.ToString().ToLowerInvariant(),
        OutcomeText.Result);
}
