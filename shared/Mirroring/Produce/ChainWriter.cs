using Mirror.Git;

namespace Mirror.Mirroring;

/// <summary>Writes the bundles that a chain lacks, and commits them to the ledger.</summary>
internal sealed class ChainWriter(string mirror, Producer producer, RunLedger<ProducerLedger> ledger, BundleUpload bundles)
{
    /// <summary>Writes what a plan asks for. When this returns, the ledger has it.</summary>
    public async Task<ChainExtension> ExtendAsync(UploadPack source, ProducePlan plan, CancellationToken cancellation)
    {
        var extension = plan.Step == ProduceStep.Head
            ? new ChainExtension(Resealed(plan), [])
            : await WriteBundlesAsync(source, plan, cancellation);
        await ledger.WriteAsync((ledger.Value ?? new ProducerLedger(mirror)) with
        {
            State = extension.State,
            Readers = producer.Keys.Readers,
            Haves = plan.Haves,
            // A consumer may start at a full bundle, which has only what its refs lead to.
            Sent = extension.Written.Any(entry => entry.Kind == BundleKind.Full) ? [] : plan.Ledger.SentAfter(plan.Refs),
            Failure = null,
            // What was in doubt is no longer built on: a doubt makes the bundle a full one.
            IsInDoubt = false,
        }, cancellation);
        return extension;
    }

    private ChainState Resealed(ProducePlan plan) => plan.Chain! with
    {
        Chain = producer.Policy.Trimmed(plan.Chain.Chain, producer.Now),
        Managed = plan.Managed,
        Head = plan.Head,
    };

    /// <summary>
    /// Writes what is missing. Where a full bundle is due, what changed goes before it as a delta all the same: then only those start
    /// at the full one who have to. So it is where the source sent nothing for what the destination may lack: a target that has it takes
    /// the delta, and one that lacks it the full bundle. Only where the bundles before are in doubt, no delta builds on them.
    /// </summary>
    private async Task<ChainExtension> WriteBundlesAsync(UploadPack source, ProducePlan plan, CancellationToken cancellation)
    {
        var written = new List<ChainEntry>();
        var (generation, sequence) = (plan.Chain?.Generation ?? plan.NextGeneration, plan.Chain?.Sequence ?? 0);
        var isFullDue = plan.Step == ProduceStep.Full;
        if (plan.Chain is { } chain && plan.HasNews && !plan.Ledger.IsInDoubt)
        {
            var delta = BundleDraft.Of(plan, BundleKind.Delta, generation, ++sequence);
            var bundle = await WriteBundleAsync(source, Building(delta, chain, plan.Ledger), cancellation);
            written.Add(bundle.Entry);
            isFullDue |= bundle.MayLack;
        }
        if (isFullDue)
        {
            var bundle = await WriteBundleAsync(source, BundleDraft.Of(plan, BundleKind.Full, generation, ++sequence), cancellation);
            written.Add(bundle.Entry);
        }
        return new ChainExtension(new ChainState(generation, plan.Format)
        {
            Chain = producer.Policy.Trimmed([.. plan.Chain?.Chain ?? [], .. written], producer.Now),
            Managed = plan.Managed,
            Refs = plan.Refs,
            Head = plan.Head,
        }, written);
    }

    private static BundleDraft Building(BundleDraft delta, ChainState chain, ProducerLedger ledger) =>
        delta with { Before = chain.Refs, HavesBefore = ledger.Haves, SentBefore = ledger.Sent };

    private async Task<WrittenBundle> WriteBundleAsync(UploadPack source, BundleDraft draft, CancellationToken cancellation)
    {
        await ClearAwayAsync(bundles.KeyOf(draft), cancellation);
        return await bundles.WriteAsync(source, draft, producer.Now, cancellation);
    }

    /// <summary>
    /// A run that died may have left an object where ours goes. Whoever wrote it may only be asleep; so the ledger is changed first,
    /// and what that one would still commit is refused.
    /// </summary>
    private async Task ClearAwayAsync(string key, CancellationToken cancellation)
    {
        if (await producer.Bucket.TryStatAsync(key, cancellation) is null)
        {
            return;
        }
        var known = ledger.Value ?? new ProducerLedger(mirror);
        await ledger.WriteAsync(known with { Fence = known.Fence + 1 }, cancellation);
        await producer.Bucket.DeleteAsync(key, cancellation);
    }
}

/// <summary>A chain after a run, and the bundles that the run added.</summary>
internal sealed record ChainExtension(ChainState State, IReadOnlyList<ChainEntry> Written);
