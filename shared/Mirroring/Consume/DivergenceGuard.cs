namespace Mirror.Mirroring;

/// <summary>Decides what to do with a target that matches neither the ledger nor any bundle.</summary>
internal sealed class DivergenceGuard(ConsumeRequest request, Consumer consumer, BucketSide bucket)
{
    /// <summary>An error if nothing may be done at the target.</summary>
    public async Task<MirrorError?> CheckAsync(ChainState state, TargetSide target, TargetPlace place, CancellationToken cancellation)
    {
        if (!place.IsChangedByOthers)
        {
            return null;
        }
        var rest = target.RestOf(state, request.Prune);
        // There is no record of runs into this target, so it may be the wrong repository.
        if (place.IsForgotten && !request.AllowMassDelete && MassDeleteGuard.Check(rest) is { } error)
        {
            return error;
        }
        if (request.Diverged == Diverged.Overwrite)
        {
            return null;
        }
        var since = state.Chain.Where(entry => entry.Sequence >= place.Remembered?.Sequence && bucket.Listing.Has(entry));
        var divergence = await Divergence.FindAsync(state, target, rest, bucket.Bundles.StatesAfterAsync(since, cancellation));
        return request.Diverged == Diverged.Refuse ? divergence.Refuse()
            : request.DryRun ? null
            : await divergence.PreserveAsync(consumer.Now, cancellation);
    }
}
