using System.Collections.Concurrent;
using Mirror.Functions.Output;
using Mirror.Functions.Pipeline;
using Mirror.Mirroring;

namespace Mirror.Functions.Commands;

/// <summary>With <c>--watch</c>: when a tick cannot be planned, no mirror runs, so the ping URLs of the last good configuration get a
/// failure. Each gets one, until a tick can be planned again; from then on the runs send the pings.</summary>
internal sealed class WatchPings(RunOptions options, Reporter reporter)
{
    private ConcurrentDictionary<string, bool> _told = new(StringComparer.Ordinal);
    private IReadOnlyList<MirrorJob> _listeners = [];

    // Keeps the last good configuration. Only its connections for Git and pings are closed, not those of the state store.
    private RunRecorder? _known;

    /// <summary>Called at a tick that could be planned.</summary>
    public void Remember(Composition composition, IReadOnlyList<MirrorJob> jobs)
    {
        // A new dictionary, so that pings still being sent for the last failure do not count for the next.
        _told = new(StringComparer.Ordinal);
        // Without the jobs' work, which would keep keys and a listing of the bucket in memory.
        _listeners = options.DryRun ? [] : [.. jobs.Where(job => job.Ping is not null)
            .Select(job => composition.Plan(job.Mirror) with { Ping = job.Ping })];
        _known = new RunRecorder(composition, options.Command);
    }

    /// <summary>The pings for a tick that could not be planned. They are jobs of their mirrors, so if a mirror still runs, its ping
    /// follows afterwards.</summary>
    public DueJobs Due(MirrorError error)
    {
        MirrorJob[] untold = [.. _listeners.Where(job => !_told.ContainsKey(job.Mirror))];
        if (untold.Length == 0)
        {
            return new DueJobs([], (_, _) => Task.CompletedTask);
        }
        // The composition of the runs is disposed, with its connections.
        var composition = Composition.WithoutConfiguration(options.Secrets);
        var told = _told;
        return new DueJobs(untold, async (job, token) =>
        {
            if (await TryTellAsync(composition, job, error, token))
            {
                told[job.Mirror] = true;
            }
        }, composition);
    }

    /// <summary>False if the ping could not be sent. The next tick tries again.</summary>
    private async Task<bool> TryTellAsync(Composition composition, MirrorJob job, MirrorError error, CancellationToken cancellation)
    {
        var outcome = new MirrorOutcome(job.Mirror, OutcomeKind.Failed) { Error = error };
        if (!await _known!.IsToldAsync(outcome, cancellation))
        {
            return true;
        }
        var told = await composition.Pings.TellAsync(job, outcome, cancellation);
        reporter.Warn(told);
        return told.Warnings.Count == 0;
    }
}
