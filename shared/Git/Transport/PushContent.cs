using System.Net;
using Mirror.Git.Protocol;

namespace Mirror.Git.Transport;

/// <summary>A request body that is written while it is sent; chunked, since nobody knows its size before its end.</summary>
internal sealed class PushContent(Func<Stream, CancellationToken, Task> write, Patience answer, RemoteSettings settings) : HttpContent
{
    private bool _begun;

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
        await using (var body = new PatientStream(stream, settings.Silence, settings.Time))
        {
            await write(body, cancellationToken);
        }
        // From here on it is the answer that may be long in coming.
        answer.Begin();
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
