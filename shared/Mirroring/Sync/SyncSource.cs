using Mirror.Git;

namespace Mirror.Mirroring;

/// <summary>A sync's source for one round: its refs as they were listed, and a pack for each push.</summary>
internal sealed class SyncSource(SyncRequest request, RemoteSettings settings, TransferMeter meter) : IAsyncDisposable
{
    private UploadPack _connection = UploadPack.Open(request.Source, settings);
    private RefListing? _listing;

    // A connection gives one pack.
    private bool _isSpent;

    public async Task<RefListing> ListAsync(CancellationToken cancellation) =>
        _listing = await _connection.ListAsync([.. request.Refs.Sources], cancellation);

    /// <summary>The pack that some changes need beside what the target has, or null where it has all of it.</summary>
    public async Task<Func<Stream, CancellationToken, Task>?> FetchAsync(IReadOnlyList<RefCommand> changes, TargetSession target,
        CancellationToken cancellation)
    {
        var wants = Negotiation.Wants(changes, target.Listing);
        if (wants.Count == 0)
        {
            return null;
        }
        meter.Stage = "negotiating";
        await ConnectAgainAsync(cancellation);
        var fetch = await _connection.FetchAsync(new FetchRequest(wants, Negotiation.Haves(target.Listing, _listing!))
        {
            Thin = target.TakesThinPacks,
            OffsetDeltas = target.TakesOffsetDeltas,
            Progress = meter.Listener("source"),
        }, cancellation);
        var transfer = await PackTransfer.BeginAsync(fetch.Pack, request.Source, meter, cancellation);
        return transfer.CopyToAsync;
    }

    /// <summary>
    /// Opens the source again for a pack after the first. Its refs are listed as the protocol wants it, and the round goes on with those
    /// of before: a source that has moved and lacks them by now says so, and the next round reads both sides anew.
    /// </summary>
    private async Task ConnectAgainAsync(CancellationToken cancellation)
    {
        if (_isSpent)
        {
            await _connection.DisposeAsync();
            _connection = UploadPack.Open(request.Source, settings);
            await _connection.ListAsync([.. request.Refs.Sources], cancellation);
        }
        _isSpent = true;
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();
}
