using Mirror.Git.Protocol;
using Mirror.Git.Transport;

namespace Mirror.Git;

/// <summary>The service of a remote that takes pushes: lists its refs and takes one push.</summary>
public sealed class ReceivePack : IAsyncDisposable
{
    private readonly Dialogue _dialogue;
    private readonly RemoteSettings _settings;
    private Capabilities _capabilities = Capabilities.None;

    private ReceivePack(Dialogue dialogue, RemoteSettings settings)
    {
        _dialogue = dialogue;
        _settings = settings;
    }

    public static ReceivePack Open(RemoteUrl url, RemoteSettings settings) =>
        new(Connect.To(url, GitService.ReceivePack, settings), settings);

    /// <summary>Whether all refs of a push can move together or not at all.</summary>
    public bool OffersAtomic => _capabilities.Has("atomic");

    public bool OffersDeletes => _capabilities.Has("delete-refs");

    public bool OffersPushOptions => _capabilities.Has("push-options");

    public bool TakesThinPacks => !_capabilities.Has("no-thin");

    public bool TakesOffsetDeltas => _capabilities.Has("ofs-delta");

    /// <summary>Opens the dialogue and lists every ref that the remote shows to clients that push.</summary>
    public Task<RefListing> ListAsync(CancellationToken cancellation) => _dialogue.AtStageAsync("read refs", async () =>
    {
        var opening = await Opening.ReadAsync(await _dialogue.Connection.OpenAsync(cancellation), patterns: null, cancellation);
        _capabilities = opening.Capabilities;
        return opening.Listing ?? throw GitProtocolException.Unsupported("the server speaks protocol v2 for a push, which does not exist");
    });

    /// <summary>Pushes, and reads every line of the report. A refusal of refs or of the pack is a result, not an exception.</summary>
    public Task<PushReport> PushAsync(PushRequest request, CancellationToken cancellation) => _dialogue.AtStageAsync("push", async () =>
    {
        var push = new SendPack(_capabilities, _settings.Agent);
        var answer = await _dialogue.Connection.StreamAsync((body, token) => push.WriteAsync(request, body, token), cancellation);
        return await push.ReadReportAsync(answer, request, cancellation);
    });

    public ValueTask DisposeAsync() => _dialogue.DisposeAsync();
}
