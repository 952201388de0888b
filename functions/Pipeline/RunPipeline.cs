using System.Diagnostics;
using Mirror.Functions.Telemetry;
using Mirror.Mirroring;
using Mirror.Storage;

namespace Mirror.Functions.Pipeline;

/// <summary>
/// The steps around every run of a mirror, from a command or a function. The run is guarded, so that every failure becomes its outcome.
/// It is observed for telemetry, reported to its ping URL, and recorded for the status page.
/// </summary>
/// <param name="job">produce, consume, sync, or another command over mirrors.</param>
internal sealed class RunPipeline(Composition composition, string job)
{
    private readonly RunRecorder _recorder = new(composition, job);

    /// <summary>The time limit for the steps after a run.</summary>
    public TimeSpan AfterRunLimit { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The error of a run that is cancelled because its time is over; null if only a user cancels, which is an
    /// exception.</summary>
    public MirrorError? BrokenOff { get; init; }

    /// <summary>Guards and observes a run.</summary>
    public Task<MirrorOutcome> RunAsync(MirrorJob run, TransferMeter meter, CancellationToken cancellation) =>
        RunSignals.ObserveAsync(job, run.Mirror, token => GuardAsync(run, meter, token), cancellation);

    /// <summary>Sends the ping and writes the record at the same time, since a state store that does not answer must not delay the ping.
    /// A failure of either is a warning.</summary>
    public async Task<MirrorOutcome> ConcludeAsync(MirrorJob run, MirrorOutcome outcome, CancellationToken cancellation)
    {
        using var late = new CancellationTokenSource(AfterRunLimit, composition.Remotes.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellation);
        var ping = TellAsync(run, outcome, either.Token);
        var unkept = await _recorder.TryAddAsync(outcome, either.Token);
        var told = await ping;
        return unkept is null ? told : told with { Warnings = [.. told.Warnings, unkept] };
    }

    private async Task<MirrorOutcome> TellAsync(MirrorJob run, MirrorOutcome outcome, CancellationToken cancellation) =>
        run.Ping is not null && await _recorder.IsToldAsync(outcome, cancellation)
            ? await composition.Pings.TellAsync(run, outcome, cancellation)
            : outcome;

    private async Task<MirrorOutcome> GuardAsync(MirrorJob run, TransferMeter meter, CancellationToken cancellation)
    {
        var began = Stopwatch.GetTimestamp();
        var outcome = await EndAsync(run with { RunAsync = (each, token) => OpenAsync(run, each, token) }, meter, cancellation);
        return outcome.Elapsed > TimeSpan.Zero ? outcome : outcome with { Elapsed = Stopwatch.GetElapsedTime(began) };
    }

    private async Task<MirrorOutcome> EndAsync(MirrorJob run, TransferMeter meter, CancellationToken cancellation)
    {
        try
        {
            return await MirrorRun.GuardedAsync(run, meter, cancellation);
        }
        // Failures after the time limit count as caused by it.
        catch (Exception) when (cancellation.IsCancellationRequested && BrokenOff is not null)
        {
            return Failed(run, BrokenOff);
        }
    }

    /// <summary>A resource of one mirror that cannot be opened is that mirror's failure.</summary>
    private static async Task<MirrorOutcome> OpenAsync(MirrorJob run, TransferMeter meter, CancellationToken cancellation)
    {
        try
        {
            return await run.RunAsync(meter, cancellation);
        }
        catch (Exception unopened) when (unopened is UsageException or StorageException or SecretException)
        {
            return Failed(run, MirrorError.TryOf(unopened) ?? new MirrorError(ReasonWithin(unopened), unopened.Message));
        }
    }

    /// <summary>The reason inside a usage error, at any depth:
    /// a configured resource that is not available is reported as wrong usage.</summary>
    internal static Reason ReasonWithin(Exception usage)
    {
        for (var cause = usage.InnerException; cause is not null; cause = cause.InnerException)
        {
            if (Reason.TryOf(cause) is { } reason)
            {
                return reason;
            }
        }
        return Reason.Configuration;
    }

    private static MirrorOutcome Failed(MirrorJob run, MirrorError error) => new(run.Mirror, OutcomeKind.Failed) { Error = error };
}
