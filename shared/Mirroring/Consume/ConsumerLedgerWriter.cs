namespace Mirror.Mirroring;

/// <summary>Writes a consumer's ledger of one mirror.</summary>
internal sealed class ConsumerLedgerWriter(ConsumeRequest request, Consumer consumer, RunLedger<ConsumerLedger> ledger)
{
    /// <summary>A proof is written to the ledger only when the last one is older than this.</summary>
    private static readonly TimeSpan ProofInterval = TimeSpan.FromMinutes(10);

    /// <summary>Whether the mirror is accepted by its name alone and never had a trusted head. Nothing is written to the state for it,
    /// since anyone who can write to the bucket could fill the state with names.</summary>
    public bool IsUnknown => request.IsAccepted && ledger is { Value: null, Fault: null };

    /// <summary>Creates the ledger at the first trusted head, so that from then on all runs are recorded,
    /// including one that ends at its deadline.</summary>
    public async Task BeginAsync(CancellationToken cancellation)
    {
        if (IsUnknown && !request.DryRun)
        {
            await ledger.WriteAsync(new ConsumerLedger(request.Mirror), cancellation);
        }
    }

    /// <summary>Remembers a proof that nothing has changed, if it adds to the ledger.</summary>
    public async Task RememberProofAsync(ConsumerLedger known, ConsumeRound round, CancellationToken cancellation)
    {
        // An expired head is remembered by the run that reports it.
        var failure = round.Expired is null ? null : known.Failure;
        var isWorthIt = known.Failure != failure || (round.IsProven && !(known.Proven + ProofInterval > consumer.Now));
        if (isWorthIt && !request.DryRun)
        {
            await ledger.WriteAsync(known with { Proven = round.IsProven ? consumer.Now : known.Proven, Failure = failure }, cancellation);
        }
    }

    /// <summary>Remembers the target's progress, according to its own refs.</summary>
    public Task ConcludeAsync(ConsumeRound round, ConsumerLedger mark, CancellationToken cancellation) => ledger.WriteAsync(mark with
    {
        Proven = round.IsProven ? consumer.Now : ledger.Value?.Proven,
        Failure = LedgerFailure.Of(round.Left, consumer.Now, consumer.Redact),
    }, cancellation);

    /// <summary>Keeps the failed or held run for <c>mirror status</c>.</summary>
    public async Task<MirrorOutcome> RememberAsync(MirrorOutcome outcome, CancellationToken cancellation)
    {
        // An unreadable ledger is left for a person to inspect.
        if (request.DryRun || ledger.Fault is not null || IsUnknown)
        {
            return outcome;
        }
        var known = ledger.Value ?? new ConsumerLedger(request.Mirror);
        return await ledger.RememberAsync(outcome, known with { Failure = LedgerFailure.Of(outcome, consumer.Now, consumer.Redact) },
            cancellation);
    }
}
