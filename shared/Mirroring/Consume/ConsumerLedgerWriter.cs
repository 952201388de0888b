namespace Mirror.Mirroring;

/// <summary>Writes what a consumer remembers of one mirror.</summary>
internal sealed class ConsumerLedgerWriter(ConsumeRequest request, Consumer consumer, RunLedger<ConsumerLedger> ledger)
{
    /// <summary>A proof is worth a write to the ledger when the last one is older than this.</summary>
    private static readonly TimeSpan ProofInterval = TimeSpan.FromMinutes(10);

    /// <summary>Whether no head was ever believed of a mirror that is taken by its name alone. Nothing is written to the state for it:
    /// anybody who can write to the bucket could fill the state with names.</summary>
    public bool IsUnknown => request.IsAccepted && ledger is { Value: null, Fault: null };

    /// <summary>From the first head that is believed on, a mirror's runs are recorded, also one that ends at its deadline.</summary>
    public async Task BeginAsync(CancellationToken cancellation)
    {
        if (IsUnknown && !request.DryRun)
        {
            await ledger.WriteAsync(new ConsumerLedger(request.Mirror), cancellation);
        }
    }

    /// <summary>Remembers a proof that nothing has changed, where that says more than the ledger does.</summary>
    public async Task RememberProofAsync(ConsumerLedger known, ConsumeRound round, CancellationToken cancellation)
    {
        // That a head has expired is remembered anew by the run that says so.
        var failure = round.Expired is null ? null : known.Failure;
        var isWorthIt = known.Failure != failure || (round.IsProven && !(known.Proven + ProofInterval > consumer.Now));
        if (isWorthIt && !request.DryRun)
        {
            await ledger.WriteAsync(known with { Proven = round.IsProven ? consumer.Now : known.Proven, Failure = failure }, cancellation);
        }
    }

    /// <summary>Remembers how far the target is, by its own word.</summary>
    public Task ConcludeAsync(ConsumeRound round, ConsumerLedger mark, CancellationToken cancellation) => ledger.WriteAsync(mark with
    {
        Proven = round.IsProven ? consumer.Now : ledger.Value?.Proven,
        Failure = LedgerFailure.Of(round.Left, consumer.Now, consumer.Redact),
    }, cancellation);

    /// <summary>Keeps for <c>mirror status</c> that the run failed, or was held.</summary>
    public async Task<MirrorOutcome> RememberAsync(MirrorOutcome outcome, CancellationToken cancellation)
    {
        // A ledger that cannot be read is kept for a person to look at.
        if (request.DryRun || ledger.Fault is not null || IsUnknown)
        {
            return outcome;
        }
        var known = ledger.Value ?? new ConsumerLedger(request.Mirror);
        return await ledger.RememberAsync(outcome, known with { Failure = LedgerFailure.Of(outcome, consumer.Now, consumer.Redact) },
            cancellation);
    }
}
