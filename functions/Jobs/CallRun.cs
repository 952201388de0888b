using System.Diagnostics;
using Mirror.Mirroring;
using Mirror.Storage;

namespace Mirror.Functions.Jobs;

/// <summary>One mirror in one call of the host, which has an end: whatever keeps it from
/// being done is its outcome, from the opening of its side on.</summary>
internal sealed class CallRun(MirrorJob job, JobKind kind, TimeSpan deadline)
{
    public async Task<MirrorOutcome> RunAsync(CancellationToken cancellation)
    {
        var began = Stopwatch.GetTimestamp();
        var outcome = await EndAsync(cancellation);
        return outcome.Elapsed > TimeSpan.Zero ? outcome : outcome with { Elapsed = Stopwatch.GetElapsedTime(began) };
    }

    private async Task<MirrorOutcome> EndAsync(CancellationToken cancellation)
    {
        try
        {
            return await MirrorRun.GuardedAsync(job with { RunAsync = TryAsync }, new TransferMeter(), cancellation);
        }
        // What breaks at the deadline breaks by it.
        catch (Exception) when (cancellation.IsCancellationRequested)
        {
            return Failed(Reason.Deadline, $"not done in the {deadline.TotalMinutes:0.#} minutes that a call has{Rest}: give it more by functionTimeout in host.json, "
                + "on a plan that allows it (Flex Consumption, Premium and Dedicated do, up to -1, which is for ever)");
        }
    }

    /// <summary>A bundle is there whole or not at all; the others begin where the target is.</summary>
    private string Rest => kind == JobKind.Produce ? ", and nothing is left of it to go on from: the next plan begins anew" : "";

    private async Task<MirrorOutcome> TryAsync(TransferMeter meter, CancellationToken cancellation)
    {
        try
        {
            return await job.RunAsync(meter, cancellation);
        }
        catch (Exception unopened) when (unopened is UsageException or StorageException or SecretException)
        {
            return Failed(MirrorError.TryOf(unopened)?.Reason ?? ReasonWithin(unopened), unopened.Message);
        }
    }

    /// <summary>What a configuration names and cannot be had is told as wrong usage, with what is wrong inside.</summary>
    private static Reason ReasonWithin(Exception usage) =>
        (usage.InnerException is { } inner ? MirrorError.TryOf(inner)?.Reason : null) ?? Reason.Configuration;

    private MirrorOutcome Failed(Reason reason, string message) =>
        new(job.Mirror, OutcomeKind.Failed) { Error = new MirrorError(reason, message) };
}
