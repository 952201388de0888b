using System.Net;
using Mirror.Streams;

namespace Mirror.Storage.S3;

/// <summary>
/// Gives up an upload of which nothing is taken any more, and one that is not
/// answered: sooner than a slow line needs for all of it, and never while it
/// moves.
/// </summary>
internal sealed class SilenceWatch(TimeProvider time) : DelegatingHandler
{
    // What a line of 20 kB/s has not yet carried of what the kernel took is gone in this
    // time too: it buffers by what the line has shown that it carries.
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        // To join many parts may take a server longer, and it says so in no other way.
        if (request.Method != HttpMethod.Put || request.Content is not { } content)
        {
            return await base.SendAsync(request, cancellationToken);
        }
        using var silence = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, silence.Token);
        request.Content = new Watched(content, () => silence.CancelAfter(Patience));
        try
        {
            return await base.SendAsync(request, either.Token);
        }
        catch (OperationCanceledException) when (silence.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            // As HttpClient says it, which the SDK knows.
            throw new TaskCanceledException(message: null,
                new TimeoutException($"nothing was taken, and no answer came, for {Patience.TotalSeconds:0} s"));
        }
    }

    /// <summary>The content as it was, which tells each time that a piece of it was taken.</summary>
    private sealed class Watched : HttpContent
    {
        private readonly HttpContent _content;
        private readonly Action _progress;

        public Watched(HttpContent content, Action progress)
        {
            (_content, _progress) = (content, progress);
            foreach (var (name, values) in content.Headers)
            {
                Headers.TryAddWithoutValidation(name, values);
            }
        }

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
            SerializeToStreamAsync(stream, context, CancellationToken.None);

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken) =>
            _content.CopyToAsync(new Pieces(stream, _progress), context, cancellationToken);

        protected override bool TryComputeLength(out long length)
        {
            length = _content.Headers.ContentLength ?? 0;
            return _content.Headers.ContentLength is not null;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                _content.Dispose();
            }
            base.Dispose(disposing);
        }
    }

    /// <summary>Writes what comes in small pieces: a whole part in one would show no progress.</summary>
    private sealed class Pieces(Stream inner, Action progress) : WriteOnlyStream
    {
        private const int PieceSize = 64 * 1024;

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            for (var at = 0; at < buffer.Length; at += PieceSize)
            {
                await inner.WriteAsync(buffer.Slice(at, Math.Min(PieceSize, buffer.Length - at)), cancellationToken);
                progress();
            }
        }

        public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);
    }
}
