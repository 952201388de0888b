using Mirror.Functions.Jobs;
using Mirror.Functions.Serving;

namespace Mirror.Functions.Sync;

/// <summary>Queue <c>mirror-sync</c>: syncs one mirror directly.</summary>
internal static class SyncFunction
{
    public static TriggeredFunction Over(JobRunner runner) =>
        (invocation, cancellation) => runner.RunAsync(invocation, JobKind.Sync, cancellation);
}
