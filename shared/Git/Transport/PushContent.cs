using System.Net;
using Mirror.Git.Protocol;

namespace Mirror.Git.Transport;

/// <summary>A request body that is written while it is sent; chunked, since nobody knows its size before its end.</summary>
internal sealed class PushContent(Func<Stream, CancellationToken, Task> write, WaitLimit wait, RemoteSettings settings) : HttpContent
{
    private bool _begun;

    /// <summary>What went wrong while writing, before the client has made an exception of its own of it.</summary>
    public Exception? Failure { get; private set; }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        if (_begun)
        {
            // The client would send it again on a fresh connection, but what the source gave is spent.
            throw new GitProtocolException(RemoteFailure.Disconnected, "the connection ended before the request was sent");
        }
        _begun = true;
        try
        {
            await using var body = new WaitLimitedStream(stream, wait, settings.Time);
            await write(body, cancellationToken);
        }
        catch (Exception failure)
        {
            // What is written is the caller's, and may fail in any way.
            Failure = failure;
            throw;
        }
        // From here on it is the answer that may be long in coming.
        wait.Allow(settings.ReportSilence);
        wait.Begin();
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
