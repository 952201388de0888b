using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Mirror.Tests.FunctionsHost.Handlers;

/// <summary><c>GET /</c>: whether the handler is there, at its start and later.</summary>
internal sealed class HandlerProbe(HandlerClient client, HostTimes times, Journal journal)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(25);

    /// <summary>Asks every 25 ms until any answer comes. False: the process ended first, or the time did.</summary>
    public async Task<bool> IsReadyAsync(HandlerProcess process)
    {
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < times.Readiness && !process.Ended.IsCompleted)
        {
            if (await TryPingAsync(times.Readiness - clock.Elapsed))
            {
                await CheckAddressAsync();
                return true;
            }
            await Task.Delay(Interval);
        }
        return false;
    }

    /// <summary>Pings for as long as the process runs.</summary>
    public async Task WatchAsync(HandlerProcess process)
    {
        while (await Task.WhenAny(process.Ended, Task.Delay(times.Ping)) != process.Ended)
        {
            if (!await TryPingAsync(times.PingAnswer) && !await EndsSoonAsync(process))
            {
                journal.Violate("a health ping, GET /, was not answered at once");
            }
        }
    }

    /// <summary>Whether a ping failed because the process was about to end.</summary>
    private static async Task<bool> EndsSoonAsync(HandlerProcess process) =>
        await Task.WhenAny(process.Ended, Task.Delay(TimeSpan.FromSeconds(1))) == process.Ended;

    private async Task<bool> TryPingAsync(TimeSpan limit)
    {
        using var late = new CancellationTokenSource(limit);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{client.Port}/");
            using var answer = await client.SendAsync(request, late.Token);
            return true;
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>All of 127/8 is this machine: who answers at another of its addresses listens to more than he should.</summary>
    private async Task CheckAddressAsync()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(new IPEndPoint(IPAddress.Parse("127.0.0.2"), client.Port));
            journal.Violate("the handler listens on more than 127.0.0.1, and its port is not authenticated");
        }
        catch (SocketException)
        {
        }
    }
}
