using Amazon.Runtime;

namespace Mirror.Storage.S3;

/// <summary>
/// Gives the SDK its connections. It reads answers synchronously, so each answer is handed over on another thread than the one that it came
/// on: that may be the one which tells all sockets of the process that there is something to read, and then nobody would tell this one.
/// </summary>
internal sealed class S3Connections(TimeSpan requestTime, TimeSpan connectTime) : HttpClientFactory
{
    // What the SDK has by itself for as many hosts.
    private static readonly TimeSpan IdleTime = TimeSpan.FromMinutes(1);

    public override HttpClient CreateHttpClient(IClientConfig clientConfig) => new(new ElsewhereHandler(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        ConnectTimeout = connectTime,
        PooledConnectionIdleTimeout = IdleTime,
    }))
    {
        Timeout = requestTime,
    };

    /// <summary>One for all clients that have the same patience.</summary>
    public override string GetConfigUniqueString(IClientConfig clientConfig) => $"{requestTime} {connectTime}";

    private sealed class ElsewhereHandler(HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var response = await base.SendAsync(request, cancellationToken);
            await Task.Yield();
            return response;
        }
    }
}
