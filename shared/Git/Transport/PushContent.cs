using System.Net;
using Mirror.Git.Protocol;

namespace Mirror.Git.Transport;

/// <summary>A request body that is written while it is sent. It is chunked, since its size is unknown before its end.</summary>
internal sealed class PushContent(Func<Stream, CancellationToken, Task> write, WaitLimit wait, RemoteSettings settings) : HttpContent
{
    private bool _begun;

    /// <summary>The failure while writing, before the client wraps it in its own exception.</summary>
    public Exception? Failure { get; private set; }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        if (_begun)
        {
            // The client would send the request again on a new connection, but its content can be written only once.
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
            // The caller's content may fail in any way.
            Failure = failure;
            throw;
        }
        // From here on the answer may take a long time.
        wait.Allow(settings.ReportSilence);
        wait.Begin();
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
