using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Mirror.Tests.Servers;

/// <summary>Accepts connections on a port of its own and awaits what becomes of each, so that a bug in a fake fails its test.</summary>
internal sealed class LoopbackListener : IAsyncDisposable
{
    // Azure's libraries keep the challenge of a host and port for the life of the process, so a port is never used for two fakes.
    private static readonly ConcurrentDictionary<int, bool> UsedPorts = [];

    private readonly TcpListener _listener;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentBag<Task> _connections = [];
    private readonly Func<Socket, CancellationToken, Task> _serve;
    private readonly Task _accepting;

    public LoopbackListener(Func<Socket, CancellationToken, Task> serve)
    {
        _serve = serve;
        _listener = ListenAtNewPort();
        _accepting = Task.Run(AcceptAsync);
    }

    public int Port => PortOf(_listener);

    private static TcpListener ListenAtNewPort()
    {
        // Kept until a new port is found, or the kernel could give the same one again.
        var used = new List<TcpListener>();
        while (true)
        {
            var listener = new TcpListener(IPAddress.Loopback, 0);
            listener.Start(backlog: 100);
            if (UsedPorts.TryAdd(PortOf(listener), true))
            {
                used.ForEach(each => each.Dispose());
                return listener;
            }
            used.Add(listener);
        }
    }

    private static int PortOf(TcpListener listener) => ((IPEndPoint)listener.LocalEndpoint).Port;

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptSocketAsync(_stop.Token);
                socket.NoDelay = true;
                _connections.Add(Task.Run(() => ServeAsync(socket)));
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        using (socket)
        {
            try
            {
                await _serve(socket, _stop.Token);
            }
            catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or OperationCanceledException)
            {
                // The other side went away, or the test is over: both are the business of a fake.
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _accepting;
        _listener.Dispose();
        await Task.WhenAll(_connections);
        _stop.Dispose();
    }
}
