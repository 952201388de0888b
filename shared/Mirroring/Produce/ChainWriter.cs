using Mirror.Git;

namespace Mirror.Mirroring;

/// <summary>Writes the bundles that a chain needs, and commits them to the ledger.</summary>
internal sealed class ChainWriter(string mirror, Producer producer, RunLedger<ProducerLedger> ledger, BundleUpload bundles)
{
    /// <summary>Writes the bundles of a plan. On return they are in the ledger.</summary>
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
            // A consumer may start at a full bundle, which only has objects that its refs lead to.
            Sent = extension.Written.Any(entry => entry.Kind == BundleKind.Full) ? [] : plan.Ledger.SentAfter(plan.Refs),
            Failure = null,
            // A full bundle was written, which does not build on bundles in doubt.
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
    /// Writes the missing bundles. Even if a full bundle is due, the changes are written as a delta before it, so that only consumers
    /// that need the full bundle read it. The same is done if the source sent no objects that the destination may lack: a target that has
    /// them applies the delta, and one that lacks them the full bundle. If the earlier bundles are in doubt, no delta is written.
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
    /// Removes an object that a run which died may have left under our key. That run may only be suspended, so the ledger is changed
    /// first, which makes its commit fail.
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
