using Mirror.Git;

namespace Mirror.Mirroring;

/// <summary>The source of a sync in one round: its refs, and a pack for each push.</summary>
internal sealed class SyncSource(SyncRequest request, RemoteSettings settings, TransferMeter meter) : IAsyncDisposable
{
    private readonly UploadPack _connection = UploadPack.Open(request.Source, settings);

    public Task<RefListing> ListAsync(CancellationToken cancellation) =>
        _connection.ListAsync([.. request.Refs.Sources], cancellation);

    /// <summary>The pack that some changes need, or null if the target has all objects. The round keeps using the refs as listed. If the
    /// source has moved and no longer has them, it reports that, and the next round reads both sides again.</summary>
    public async Task<Func<Stream, CancellationToken, Task>?> FetchAsync(RefListing listed, IReadOnlyList<RefCommand> changes,
        TargetSession target, CancellationToken cancellation)
    {
        var wants = Negotiation.Wants(changes, target.Listing);
        if (wants.Count == 0)
        {
            return null;
        }
        meter.Stage = "negotiating";
        var fetch = await _connection.FetchAsync(new FetchRequest(wants, Negotiation.Haves(target.Listing, listed))
        {
            Thin = target.TakesThinPacks,
            OffsetDeltas = target.TakesOffsetDeltas,
            Progress = meter.Listener("source"),
        }, cancellation);
        var transfer = await PackTransfer.BeginAsync(fetch.Pack, request.Source, meter, cancellation);
        return transfer.CopyToAsync;
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();
}
