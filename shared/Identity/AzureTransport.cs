using Azure.Core.Pipeline;
using Mirror.Streams;

namespace Mirror;

/// <summary>The HTTP connections of Azure's SDKs, as they make them themselves, but with our own message when a proxy refuses. Compiled
/// into each assembly, for the same reason as <see cref="MachineIdentity"/>.</summary>
internal static class AzureTransport
{
    public static HttpClientTransport Shared { get; } =
        // The SDK limits the time of each attempt itself.
        new(new HttpClient(new ProxyFailure(Sockets())) { Timeout = Timeout.InfiniteTimeSpan });

    // Both figures are the SDK's own.
    private static SocketsHttpHandler Sockets() => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        MaxConnectionsPerServer = 50,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
    };
}
