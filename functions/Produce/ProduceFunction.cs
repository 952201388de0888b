using Mirror.Functions.Jobs;
using Mirror.Functions.Serving;

namespace Mirror.Functions.Produce;

/// <summary>Queue <c>mirror-produce</c>: writes the changes of one mirror's source into the bucket.</summary>
internal static class ProduceFunction
{
    public static TriggeredFunction Over(JobRunner runner) =>
        (invocation, cancellation) => runner.RunAsync(invocation, JobKind.Produce, cancellation);
}
