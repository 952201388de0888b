using Amazon.Runtime;
using Mirror.Streams;

namespace Mirror.Storage.S3;

/// <summary>The connections under the SDK, the same for all stores.</summary>
internal sealed class S3HttpClientFactory : HttpClientFactory
{
    // One request. The largest that are common are parts of 5 MiB, which a line of 20 kB/s takes so long for.
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
        // Long enough to be used again, short enough to follow a name to its next address.
        PooledConnectionLifetime = TimeSpan.FromMinutes(10),
        // A request is signed for one place.
        AllowAutoRedirect = false,
        UseCookies = false,
    };

    /// <summary>
    /// The SDK asks before each upload whether to send it (RFC 9110, 10.1.1), which
    /// is a round trip: what is as quickly sent is sent. Moreover,
    /// where the answer is no, .NET sends up to a kilobyte all the same, and Ceph takes that for the beginning of the next request.
    /// And it reads answers and looks for logins synchronously, so it goes on from
    /// an answer, or from none, on another thread than the one that
    /// told of it: that may be the one which tells all sockets of the process that
    /// there is something to read, and then nobody would tell this one.
    /// </summary>
    private sealed class Prompt : DelegatingHandler
    {
        // About what a new connection takes at once.
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
