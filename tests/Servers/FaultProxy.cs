using System.Net.Sockets;

namespace Mirror.Tests.Servers;

public enum Direction
{
    /// <summary>From the client to the server.</summary>
    Upstream,

    /// <summary>From the server to the client.</summary>
    Downstream,
}

/// <summary>What goes wrong at one offset of what passes in one direction, counted over all connections of the proxy.</summary>
public sealed record Fault
{
    private Fault(Direction direction, long offset) => (Direction, Offset) = (direction, offset);

    internal Direction Direction { get; }

    internal long Offset { get; }

    internal bool IsCut { get; private init; }

    internal bool IsFinal { get; private init; }

    /// <summary>Lets so many bytes pass and then ends every connection, those to come as well.</summary>
    public static Fault Cut(Direction direction, long after) => new(direction, after) { IsCut = true, IsFinal = true };

    /// <summary>Ends a connection once so many bytes have passed; a client that tries again gets through.</summary>
    public static Fault CutOnce(Direction direction, long after) => new(direction, after) { IsCut = true };

    /// <summary>Flips the lowest bit of the byte at this offset.</summary>
    public static Fault Flip(Direction direction, long at) => new(direction, at);
}

/// <summary>Stands between a client and a real server, passes everything on, and does one thing wrong.</summary>
/// <remarks>Run the dialogue without a fault first: <see cref="UpstreamSize"/> and <see cref="DownstreamSize"/> then say how many points
/// there are. From Apache it is some bytes more or less each time, with how it cuts an answer into chunks: <see cref="CutCount"/> says
/// whether the fault came to pass.</remarks>
public sealed class FaultProxy : IAsyncDisposable
{
    private readonly int _serverPort;
    private readonly Fault? _fault;
    private readonly LoopbackListener _listener;
    private readonly long[] _sizes = new long[2];
    private int _cutCount;

    public FaultProxy(int serverPort, Fault? fault = null)
    {
        _serverPort = serverPort;
        _fault = fault;
        _listener = new LoopbackListener(ServeAsync);
    }

    public int Port => _listener.Port;

    public long UpstreamSize => Interlocked.Read(ref _sizes[(int)Direction.Upstream]);

    public long DownstreamSize => Interlocked.Read(ref _sizes[(int)Direction.Downstream]);

    /// <summary>How many connections the fault has ended.</summary>
    public int CutCount => Volatile.Read(ref _cutCount);

    /// <summary>The same URL by way of the proxy.</summary>
    public string Url(string serverUrl) => new UriBuilder(serverUrl) { Port = Port }.Uri.AbsoluteUri;

    private async Task ServeAsync(Socket client, CancellationToken cancellation)
    {
        using var server = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await server.ConnectAsync("127.0.0.1", _serverPort, cancellation);
        var upstream = PumpAsync(client, server, Direction.Upstream, cancellation);
        var downstream = PumpAsync(server, client, Direction.Downstream, cancellation);
        // One that ends in order leaves the other running, as HTTP allows; a fault closes both sockets and so ends both.
        await Task.WhenAll(upstream, downstream);
    }

    private async Task PumpAsync(Socket from, Socket to, Direction direction, CancellationToken cancellation)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            int size;
            while ((size = await from.ReceiveAsync(buffer, cancellation)) > 0)
            {
                var offset = Interlocked.Add(ref _sizes[(int)direction], size) - size;
                Flip(buffer.AsSpan(0, size), offset, direction);
                var passing = PassingBeforeCut(direction, offset, size);
                await to.SendAsync(buffer.AsMemory(0, passing ?? size), cancellation);
                if (passing is not null)
                {
                    Interlocked.Increment(ref _cutCount);
                    End(from, to);
                    return;
                }
            }
            to.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            // One side has gone: tell the other, or it would wait for ever.
            End(from, to);
        }
    }

    private void Flip(Span<byte> bytes, long offset, Direction direction)
    {
        if (_fault is { IsCut: false } && _fault.Direction == direction && _fault.Offset >= offset && _fault.Offset < offset + bytes.Length)
        {
            bytes[(int)(_fault.Offset - offset)] ^= 1;
        }
    }

    /// <summary>How many of these bytes pass before the connection ends; null when it does not end here.</summary>
    private int? PassingBeforeCut(Direction direction, long offset, int size) =>
        _fault is { IsCut: true } && _fault.Direction == direction && offset + size >= _fault.Offset && (_fault.IsFinal || CutCount == 0)
            ? (int)Math.Max(0, _fault.Offset - offset)
            : null;

    private static void End(Socket from, Socket to)
    {
        from.Dispose();
        to.Dispose();
    }

    public ValueTask DisposeAsync() => _listener.DisposeAsync();
}
