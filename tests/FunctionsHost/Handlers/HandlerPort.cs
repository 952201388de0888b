using System.Net;
using System.Net.Sockets;

namespace Mirror.Tests.FunctionsHost.Handlers;

/// <summary>Ports for handlers. Not from the range that the system takes for outgoing connections: a handler that is started again
/// must find its port free.</summary>
internal static class HandlerPort
{
    private const int First = 20_000;
    private const int Count = 10_000;

    // Where to begin, so that processes which test at the same time seldom meet.
    private static int s_next = Environment.ProcessId * 37;

    public static int Take()
    {
        while (true)
        {
            var port = First + (Interlocked.Increment(ref s_next) & int.MaxValue) % Count;
            if (IsFree(port))
            {
                return port;
            }
        }
    }

    private static bool IsFree(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Any, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
