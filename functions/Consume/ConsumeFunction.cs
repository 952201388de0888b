using Mirror.Functions.Jobs;
using Mirror.Functions.Serving;

namespace Mirror.Functions.Consume;

/// <summary>Queue <c>mirror-consume</c>: applies the new bundles of one mirror to its target.</summary>
internal static class ConsumeFunction
{
    public static TriggeredFunction Over(JobRunner runner) =>
        (invocation, cancellation) => runner.RunAsync(invocation, JobKind.Consume, cancellation);
}
