using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Mirror.Git.Transport;

namespace Mirror.Git;

/// <summary>The one HTTP client that all remotes of a run share.</summary>
public static class HttpAccess
{
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(30);

    /// <summary>Makes the client. Proxies come from http_proxy, https_proxy, all_proxy and no_proxy, which the runtime reads itself,
    /// as do SSL_CERT_FILE and SSL_CERT_DIR; <paramref name="authorities"/> is the PEM file that GIT_SSL_CAINFO names.</summary>
    public static HttpClient CreateClient(string? authorities)
    {
        var handler = new SocketsHttpHandler
        {
            // Redirects and credentials are decided per request, so that neither follows the other to another host.
            AllowAutoRedirect = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.GZip | DecompressionMethods.Deflate,
            ConnectTimeout = ConnectLimit,
            PlaintextStreamFilter = (context, _) => ValueTask.FromResult<Stream>(new ReadAheadStream(context.PlaintextStream)),
            // A push may take hours, and many mirrors share a forge: connections are few per mirror and not capped here.
            MaxConnectionsPerServer = int.MaxValue,
            SslOptions = authorities is null ? new SslClientAuthenticationOptions() : Trusting(authorities),
        };
        return new HttpClient(handler)
        {
            Timeout = Timeout.InfiniteTimeSpan,
            DefaultRequestVersion = HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        };
    }

    private static SslClientAuthenticationOptions Trusting(string authorities)
    {
        var trusted = new X509Certificate2Collection();
        trusted.ImportFromPemFile(authorities);
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.AddRange(trusted);
        return new SslClientAuthenticationOptions { CertificateChainPolicy = policy };
    }
}
