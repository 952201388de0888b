namespace Mirror.Mirroring;

/// <summary>
/// Notes in the ledger that the next bundle must be a full one. Correctness depends on this note, so it is not left to the memory of the
/// outcome: it is written in the mirror's turn, and retried like a round.
/// </summary>
internal sealed class SourceDoubt(string mirror, Producer producer, RunLedger<ProducerLedger> ledger, TransferMeter meter)
{
    // Below the 5 s after which a stopped command is killed, and below what is left of an app's margin of 30 s, of which up to 24 s are
    // for the work after the run.
    private static readonly TimeSpan LimitAfterCancellation = TimeSpan.FromSeconds(3);

    /// <summary>Writes the note, even if the run is cancelled, for as long as a cancelled run may take.</summary>
    /// <returns>A warning if it could not be written.</returns>
    public async Task<string?> KeepAsync(CancellationToken cancellation)
    {
        using var late = new DelayedCancellation(LimitAfterCancellation, producer.Time, cancellation);
        try
        {
            var last = await new Attempts(producer.Time, producer.Random, meter).RunAsync(new Round(), RoundAsync, late.Token);
            return last.Broken is null ? null : Warning(last.Broken.Message);
        }
        catch (OperationCanceledException) when (late.Token.IsCancellationRequested)
        {
            // A cancelled run has no outcome for the warning.
            meter.Note?.Invoke(Warning("the run was cancelled"));
            throw;
        }
    }

    private async Task<Round> RoundAsync(Round before, CancellationToken cancellation)
    {
        try
        {
            await ledger.ReadAsync(cancellation);
            // An unreadable ledger counts as lost. Its next chain begins with a full bundle anyway.
            var isKept = ledger.Fault is not null || ledger.Value is { IsInDoubt: true };
            return new Round { IsDone = isKept || await ledger.TryTakeTurnAsync(WriteAsync, cancellation) };
        }
        catch (Exception broken) when (Reason.TryOf(broken) is not null)
        {
            return new Round { Broken = broken };
        }
    }

    private Task WriteAsync(CancellationToken turn) =>
        ledger.WriteAsync((ledger.Value ?? new ProducerLedger(mirror)) with { IsInDoubt = true }, turn);

    private string Warning(string cause) => $"{cause}: the ledger does not know that the source sent no valid pack, "
        + $"and the next bundle may build on what targets lack: run 'mirror produce --full --only {mirror}'";

    private sealed record Round : IRound
    {
        public bool IsDone { get; init; }

        public Exception? Broken { get; init; }
    }
}
