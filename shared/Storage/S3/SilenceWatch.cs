using System.Net;
using Mirror.Streams;

namespace Mirror.Storage.S3;

/// <summary>
/// Gives up an upload when the server accepts no more bytes, or does not answer after the last one. It gives up earlier than the time a
/// slow line needs for all bytes, and never while bytes are accepted.
/// </summary>
internal sealed class SilenceWatch(TimeProvider time) : DelegatingHandler
{
    // A line of 20 kB/s sends everything that the kernel has buffered within this time too, since the size of that buffer depends on the
    // pace of the line.
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        // Only PUT: joining many parts may take a server longer, without any sign of progress.
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
            // The exception that HttpClient throws for a timeout, which the SDK knows.
            throw new TaskCanceledException(message: null,
                new TimeoutException($"the server accepted no bytes and sent no answer for {Patience.TotalSeconds:0} s"));
        }
    }

    /// <summary>The content, with a callback for each piece that was accepted.</summary>
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

    /// <summary>Writes in small pieces, since a whole part at once would show no progress.</summary>
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
