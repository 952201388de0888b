using Mirror.Git.Protocol;
using Mirror.Git.Transport;

namespace Mirror.Git;

/// <summary>The service of a remote that sends: lists its refs and sends packs.</summary>
public sealed class UploadPack : IAsyncDisposable
{
    private readonly Func<Dialogue> _connect;
    private readonly RemoteSettings _settings;
    private Dialogue _dialogue;
    private IReadOnlyCollection<RefPattern> _patterns = [];
    private Opening? _opening;
    private PackCheck? _check;

    // Whether this connection has been asked for a pack.
    private bool _isSpent;

    private UploadPack(Func<Dialogue> connect, RemoteSettings settings)
    {
        _connect = connect;
        _settings = settings;
        _dialogue = connect();
    }

    /// <summary>Prepares a connection. Nothing is sent before the first request.</summary>
    public static UploadPack Open(RemoteUrl url, RemoteSettings settings) =>
        new(() => Connect.To(url, GitService.UploadPack, settings), settings);

    internal static UploadPack Open(Dialogue dialogue, RemoteSettings settings) => new(() => dialogue, settings);

    /// <summary>Lists the refs that match any of the patterns.
    /// A server before protocol v2 sends every ref; the others are dropped as they arrive.</summary>
    public Task<RefListing> ListAsync(IReadOnlyCollection<RefPattern> patterns, CancellationToken cancellation)
    {
        _patterns = patterns;
        return _dialogue.AtStageAsync("read refs", async () =>
            await TryListAtOnceAsync(patterns, cancellation) ?? await ListInOrderAsync(patterns, cancellation));
    }

    /// <summary>Negotiates a pack, the first one or a later one. The caller reads the pack from the connection; a failure while reading
    /// is a <see cref="RemoteException"/> too.</summary>
    public async Task<Fetch> FetchAsync(FetchRequest request, CancellationToken cancellation)
    {
        await ConnectAgainAsync(cancellation);
        return await _dialogue.AtStageAsync("fetch", async () =>
        {
            _isSpent = true;
            if (_opening is { IsShallow: true })
            {
                throw GitProtocolException.Shallow();
            }
            var terms = new Terms(_opening?.Capabilities ?? Capabilities.None, _settings.Agent);
            var fetch = _opening is null or { Version: 2 }
                ? await FetchV2.RunAsync(_dialogue.Connection, terms, request, cancellation)
                : await FetchV0.RunAsync(_dialogue.Connection, terms, request, cancellation);
            var pack = request.CheckPack ? Checked(fetch, request) : fetch.Pack;
            return fetch with { Pack = new RemoteErrorStream(pack, _dialogue, "fetch") };
        });
    }

    /// <summary>
    /// A process delivers one pack only. Before protocol v2, <c>git upload-pack</c> exits after it; and in any version, bytes of the pack
    /// that the caller has not read would be taken for the next answer. So a later pack gets a new connection. The connection opens with
    /// the refs, as the protocol requires. If a wanted object is gone because the source has moved, the source reports that.
    /// </summary>
    private async Task ConnectAgainAsync(CancellationToken cancellation)
    {
        if (!_isSpent || _dialogue.Connection.IsStateless)
        {
            return;
        }
        await _dialogue.DisposeAsync();
        _dialogue = _connect();
        (_opening, _isSpent) = (null, false);
        await ListAsync(_patterns, cancellation);
    }

    /// <summary>An empty pack is legal where the server shares a commit with us:
    /// the wanted commit may be older than the shared one.</summary>
    private CheckedPackStream Checked(Fetch fetch, FetchRequest request)
    {
        _check?.Dispose();
        _check = new PackCheck(request.Wants.First().Format) { MustHaveObjects = fetch.Common.Count == 0 };
        return new CheckedPackStream(fetch.Pack, _check);
    }

    /// <summary>
    /// Sends the version 2 command without waiting for the server's opening, which saves a request. Over HTTP every request is
    /// independent, and all servers of version 2 answer this one. Null where the answer is not clear (an older server, SHA-256, no refs,
    /// a redirect, a refusal): then <see cref="ListInOrderAsync"/> decides.
    /// Too many refs is final, since the second answer would have as many.
    /// </summary>
    private async Task<RefListing?> TryListAtOnceAsync(IReadOnlyCollection<RefPattern> patterns, CancellationToken cancellation)
    {
        if (!_dialogue.Connection.IsStateless || _opening is not null)
        {
            return null;
        }
        try
        {
            var reader = await _dialogue.Connection.SendAsync([LsRefs.Request(patterns, Capabilities.None, _settings.Agent)], cancellation);
            var listing = await LsRefs.ReadAsync(reader, patterns, format: null, cancellation);
            return listing.HeadId is null || listing.Format != ObjectFormat.Sha1 ? null : listing;
        }
        catch (GitProtocolException failure) when (failure.RetryAfter is null && failure.Failure
            is not (RemoteFailure.Unauthorized or RemoteFailure.Throttled or RemoteFailure.Unreachable or RemoteFailure.Stalled
                or RemoteFailure.Unsupported))
        {
            return null;
        }
        catch (IOException)
        {
            return null;
        }
    }

    private async Task<RefListing> ListInOrderAsync(IReadOnlyCollection<RefPattern> patterns, CancellationToken cancellation)
    {
        _opening ??= await Opening.ReadAsync(await _dialogue.Connection.OpenAsync(cancellation), patterns, cancellation);
        if (_opening.Listing is { } listing)
        {
            return listing;
        }
        if (!_opening.Capabilities.Has("ls-refs") || !_opening.Capabilities.Has("fetch"))
        {
            throw GitProtocolException.Unsupported("the server speaks protocol v2 but offers no ls-refs or no fetch");
        }
        var request = LsRefs.Request(patterns, _opening.Capabilities, _settings.Agent);
        var answer = await _dialogue.Connection.SendAsync([request], cancellation);
        return await LsRefs.ReadAsync(answer, patterns, _opening.Capabilities.ObjectFormat, cancellation);
    }

    public ValueTask DisposeAsync()
    {
        _check?.Dispose();
        return _dialogue.DisposeAsync();
    }
}
