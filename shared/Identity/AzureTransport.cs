using Azure.Core.Pipeline;
using Mirror.Streams;

namespace Mirror;

/// <summary>The connections below Azure's SDKs, as they make them themselves, but with our own words for a proxy that refuses. A part of
/// each assembly, for the same reason as <see cref="MachineIdentity"/>.</summary>
internal static class AzureTransport
{
    public static HttpClientTransport Shared { get; } =
        // The SDK counts the time of each try itself.
        new(new HttpClient(new ProxyFailure(Sockets())) { Timeout = Timeout.InfiniteTimeSpan });

    // The two figures are the SDK's own.
    private static SocketsHttpHandler Sockets() => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        MaxConnectionsPerServer = 50,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
    };
}
