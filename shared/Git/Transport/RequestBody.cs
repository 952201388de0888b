using System.IO.Compression;
using System.Net;
using Mirror.Streams;

namespace Mirror.Git.Transport;

/// <summary>
/// A request body that can be sent again after a refusal. It is compressed unless it is small. Its pieces stay below 85,000 bytes, since
/// larger arrays live on the large object heap until a full collection.
/// </summary>
internal sealed class RequestBody
{
    // As in git: rpc_service in remote-curl.c compresses bodies larger than this.
    private const int CompressFrom = 1024;

    private const int PieceSize = 32 * 1024;

    private readonly List<byte[]> _pieces = [];
    private bool _isCompressed;

    // The unused bytes of the last piece.
    private int _room;

    private RequestBody()
    {
    }

    /// <param name="request">The request in pieces. Only the size of the first piece decides whether it is compressed.</param>
    public static async Task<RequestBody> OfAsync(IEnumerable<ReadOnlyMemory<byte>> request, CancellationToken cancellation)
    {
        var body = new RequestBody { _isCompressed = request.First().Length > CompressFrom };
        await using var plain = new Writer(body);
        await using Stream to = body._isCompressed ? new GZipStream(plain, CompressionLevel.Fastest, leaveOpen: true) : plain;
        foreach (var piece in request)
        {
            await to.WriteAsync(piece, cancellation);
        }
        return body;
    }

    public HttpContent ToContent()
    {
        var content = new Content(this);
        if (_isCompressed)
        {
            content.Headers.ContentEncoding.Add("gzip");
        }
        return content;
    }

    private void Add(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (_room == 0)
            {
                // Only the first piece may be smaller, since most requests are small.
                _room = _pieces.Count == 0 && bytes.Length <= CompressFrom ? bytes.Length : PieceSize;
                _pieces.Add(new byte[_room]);
            }
            var size = Math.Min(_room, bytes.Length);
            bytes[..size].CopyTo(_pieces[^1].AsSpan(_pieces[^1].Length - _room));
            bytes = bytes[size..];
            _room -= size;
        }
    }

    private sealed class Writer(RequestBody body) : WriteOnlyStream
    {
        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            body.Add(buffer.Span);
            return ValueTask.CompletedTask;
        }
    }

    private sealed class Content(RequestBody body) : HttpContent
    {
        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
            SerializeToStreamAsync(stream, context, CancellationToken.None);

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
        {
            foreach (var piece in body._pieces)
            {
                var room = ReferenceEquals(piece, body._pieces[^1]) ? body._room : 0;
                await stream.WriteAsync(piece.AsMemory(0, piece.Length - room), cancellationToken);
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = body._pieces.Sum(piece => (long)piece.Length) - body._room;
            return true;
        }
    }
}
