using Mirror.Mirroring;

namespace Mirror.Functions.Jobs;

/// <summary>The error of a run that did not finish before its call had to end.</summary>
internal static class CallDeadline
{
    public static MirrorError Of(JobKind kind, TimeSpan deadline) => new(
        Reason.Deadline,
        $"not done in the {deadline.TotalMinutes:0.#} minutes that a call has{RestOf(kind)}: give it more by functionTimeout in host.json, "
            + "on a plan that allows it (Flex Consumption, Premium and Dedicated do, up to -1, which is for ever)");

    /// <summary>A bundle is stored whole or not at all. The other jobs continue where the target is.</summary>
    private static string RestOf(JobKind kind) =>
        kind == JobKind.Produce ? ", and nothing of it is kept: the next plan starts again" : "";
}
