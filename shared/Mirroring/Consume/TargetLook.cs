using Mirror.Git;
using Mirror.Storage;

namespace Mirror.Mirroring;

/// <summary>Looks at a consumer's target before anything is changed there.</summary>
internal sealed class TargetLook(ConsumeRequest request, TargetSession session, Narrowing narrowing, TransferMeter meter)
{
    /// <summary>Looks at the target before a chain is applied. An error if it has another object format.</summary>
    public async Task<TargetSide> LookForAsync(ChainState state, RefMap managed, CancellationToken cancellation)
    {
        var target = await LookAsync(managed, cancellation);
        if (state.Refs.Count > 0)
        {
            FormatGuard.Check("chain", state.Format, request.Target, target.Listing.Format);
        }
        return target;
    }

    /// <summary>The cheapest proof: the same head as before, and an unchanged target. Nothing is read from the bucket.</summary>
    /// <returns>The refs that the mirror manages; null if there is more to do.</returns>
    public async Task<RefMap?> FindUnchangedAsync(ConsumerLedger ledger, StoredObject head, CancellationToken cancellation)
    {
        if (ledger.HeadETag != head.ETag || ledger.SetAside.Count > 0 || ledger.Managed.Count == 0
            || narrowing.ExpectedBy(ledger) is not { } expected)
        {
            return null;
        }
        var managed = narrowing.ManagedBy(ledger.Managed);
        var target = await LookAsync(managed, cancellation);
        var isUnchanged = target.Digest == ledger.TargetDigest && (!request.Prune || ledger.TargetDigest == expected)
            && !target.Listing.Unusable.Any(managed.Manages);
        return isUnchanged ? managed : null;
    }

    private async Task<TargetSide> LookAsync(RefMap managed, CancellationToken cancellation)
    {
        meter.Stage = "reading refs";
        var target = new TargetSide(session, managed) { IsStrict = request.Diverged != Diverged.Overwrite };
        await target.LookAsync(cancellation);
        return target;
    }
}
