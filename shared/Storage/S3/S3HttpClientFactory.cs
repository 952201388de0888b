using Amazon.Runtime;
using Mirror.Streams;

namespace Mirror.Storage.S3;

/// <summary>The SDK's HTTP connections, which all stores share.</summary>
internal sealed class S3HttpClientFactory : HttpClientFactory
{
    // For one request. The largest common ones are parts of 5 MiB, which take this long on a line of 20 kB/s.
    private static readonly TimeSpan RequestTime = TimeSpan.FromMinutes(5);

    private static readonly HttpClient Client = new(new Prompt { InnerHandler = Bounded() }) { Timeout = RequestTime };

    public override HttpClient CreateHttpClient(IClientConfig clientConfig) => Client;

    public override bool UseSDKHttpClientCaching(IClientConfig clientConfig) => false;

    public override bool DisposeHttpClientsAfterUse(IClientConfig clientConfig) => false;

    private static BoundedAnswers Bounded() =>
        new() { InnerHandler = new SilenceWatch(TimeProvider.System) { InnerHandler = new ProxyFailure(Sockets()) } };

    private static SocketsHttpHandler Sockets() => new()
    {
        ConnectTimeout = TimeSpan.FromSeconds(15),
        // Long enough to reuse connections, short enough to follow a change of the name's address.
        PooledConnectionLifetime = TimeSpan.FromMinutes(10),
        // A signature is only valid for one host and path.
        AllowAutoRedirect = false,
        UseCookies = false,
    };

    /// <summary>Skips <c>Expect: 100-continue</c> for small bodies. The SDK asks before each upload whether to send it (RFC 9110,
    /// 10.1.1), which is a round trip; a small body is sent as fast. Also, after a refusal .NET still sends up to a kilobyte of the body,
    /// which Ceph takes for the beginning of the next request.
    /// It also continues on another thread after each answer or failure. The SDK then reads answers and looks up logins synchronously. On
    /// the thread that signals all sockets of the process, that would wait for its own signal for ever.</summary>
    private sealed class Prompt : DelegatingHandler
    {
        // The number of bytes that a new connection sends without waiting, approximately.
        private const int QuickSize = 16 * 1024;

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (request.Content?.Headers.ContentLength <= QuickSize)
            {
                request.Headers.ExpectContinue = null;
            }
            try
            {
                return await base.SendAsync(request, cancellationToken);
            }
            finally
            {
                await Task.Yield();
            }
        }
    }
}
