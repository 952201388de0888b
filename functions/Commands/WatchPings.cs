using System.Collections.Concurrent;
using Mirror.Functions.Output;
using Mirror.Functions.Pipeline;
using Mirror.Mirroring;

namespace Mirror.Functions.Commands;

/// <summary>Under <c>--watch</c>: tells the ping URLs of the last good configuration that no mirror runs, because a tick could not be
/// planned. Each is told once, until a tick can be planned again; then the runs tell by themselves.</summary>
internal sealed class WatchPings(RunOptions options, Reporter reporter)
{
    private ConcurrentDictionary<string, bool> _told = new(StringComparer.Ordinal);
    private IReadOnlyList<MirrorJob> _listeners = [];

    // Holds on to the last good configuration. The connections that end with it are those of Git and of pings, and not the state's.
    private RunRecorder? _known;

    /// <summary>A tick that could be planned.</summary>
    public void Remember(Composition composition, IReadOnlyList<MirrorJob> jobs)
    {
        // Another one: what still tells of the trouble before must not count for the next.
        _told = new(StringComparer.Ordinal);
        // Without what they would do, which holds on to keys and a listing of the bucket.
        _listeners = options.DryRun ? [] : [.. jobs.Where(job => job.Ping is not null)
            .Select(job => composition.Plan(job.Mirror) with { Ping = job.Ping })];
        _known = new RunRecorder(composition, options.Command);
    }

    /// <summary>What there is to tell at a tick that could not. They are jobs of their mirrors: one that still runs is
    /// told of afterwards.</summary>
    public DueJobs Due(MirrorError error)
    {
        MirrorJob[] untold = [.. _listeners.Where(job => !_told.ContainsKey(job.Mirror))];
        if (untold.Length == 0)
        {
            return new DueJobs([], (_, _) => Task.CompletedTask);
        }
        // The one that the runs had is gone with its connections.
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

    /// <summary>False where it could not be sent, which the next tick tries again.</summary>
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
