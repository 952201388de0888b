using System.Net;
using System.Net.Sockets;
using Mirror.Functions.Serving;
using Mirror.Mirroring;

namespace Mirror.Functions.Tests.Serving;

/// <summary>What the server does with requests that are forwarded to it, whatever the function.</summary>
public sealed class InvocationServerTests : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly HttpClient _client = new();
    private readonly List<string> _log = [];
    private Task _serving = Task.CompletedTask;

    [Fact]
    public async Task A_forwarded_request_ends_before_the_host_kills_the_process_for_it()
    {
        var address = Start(TimeSpan.FromMilliseconds(50), (_, token) => Task.Delay(Timeout.Infinite, token));

        using var answer = await GetAsync($"{address}/api/status");

        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        Assert.StartsWith("status: not done after ", Assert.Single(_log), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/api/status")]
    [InlineData("/api/Status/json")]
    [InlineData("/API/STATUS")]
    public async Task A_route_is_found_in_any_case(string path)
    {
        var address = Start(Timeout.InfiniteTimeSpan, (context, _) => InvocationServer.WriteAsync(context, 200, "text/plain", "there"));

        using var answer = await GetAsync($"{address}{path}");

        Assert.Equal("there", await answer.Content.ReadAsStringAsync());
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _serving;
        _stop.Dispose();
        _client.Dispose();
    }

    private string Start(TimeSpan deadline, HttpFunction status)
    {
        var port = FreePort();
        var settings = Settings.Read(
            name => name switch { "FUNCTIONS_CUSTOMHANDLER_PORT" => $"{port}", "MIRROR_ROLES" => "sync", _ => null },
            "/app", new SecretReader(_ => null));
        var server = new InvocationServer(settings with { Deadline = deadline }, _log.Add) { Http = { ["status"] = status } };
        _serving = server.RunAsync(_stop.Token);
        return $"http://127.0.0.1:{port}";
    }

    /// <summary>As the host does: until there is an answer.</summary>
    private async Task<HttpResponseMessage> GetAsync(string address)
    {
        while (true)
        {
            try
            {
                return await _client.GetAsync(new Uri(address));
            }
            catch (HttpRequestException) when (!_serving.IsCompleted)
            {
                await Task.Yield();
            }
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
