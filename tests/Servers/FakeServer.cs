using System.Collections.Concurrent;
using System.Net.Sockets;

namespace Mirror.Tests.Servers;

/// <summary>Answers one request by writing raw bytes. To hang up, dispose the stream or call <see cref="FakeRequest.Reset"/>.</summary>
public delegate Task FakeHandler(FakeRequest request, Stream stream, CancellationToken cancellation);

/// <summary>An HTTP/1.1 server that does what no real one does on demand. See <see cref="FakeAnswer"/> for handlers.</summary>
public sealed class FakeServer : IAsyncDisposable
{
    private readonly ConcurrentQueue<FakeRequest> _requests = new();
    private readonly FakeHandler _handler;
    private readonly LoopbackListener _listener;

    public FakeServer(FakeHandler handler)
    {
        _handler = handler;
        _listener = new LoopbackListener(ServeAsync);
    }

    public int Port => _listener.Port;

    /// <summary>Without a slash at the end.</summary>
    public string Url => $"http://127.0.0.1:{Port}";

    /// <summary>Every request whose head came whole, oldest first.</summary>
    public IReadOnlyList<FakeRequest> Requests => [.. _requests];

    private async Task ServeAsync(Socket socket, CancellationToken cancellation)
    {
        await using var stream = new NetworkStream(socket, ownsSocket: true);
        await using var input = new BufferedStream(stream);
        while (stream.CanRead && await FakeRequest.ReadAsync(input, socket, cancellation) is { } request)
        {
            _requests.Enqueue(request);
            await _handler(request, stream, cancellation);
            if (stream.CanRead)
            {
                await request.ReadBodyAsync(cancellation);
            }
        }
    }

    public ValueTask DisposeAsync() => _listener.DisposeAsync();
}
