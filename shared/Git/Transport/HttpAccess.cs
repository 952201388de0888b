using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Mirror.Git.Protocol;
using Mirror.Git.Transport;
using Mirror.Streams;

namespace Mirror.Git;

/// <summary>
/// The HTTP clients that all remotes of a run share. Proxies come from http_proxy, https_proxy, all_proxy and no_proxy, which the
/// runtime reads itself, as do SSL_CERT_FILE and SSL_CERT_DIR.
/// </summary>
/// <param name="authorities">The PEM file of trusted authorities that GIT_SSL_CAINFO names, if any.</param>
public sealed class HttpAccess(string? authorities) : IDisposable
{
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(30);

    // Reading the trusted authorities takes longer than mirroring a small repository over plain HTTP, which does not need them.
    private readonly Lazy<HttpClient> _plain = new(() => CreateClient(new SslClientAuthenticationOptions()));
    private readonly Lazy<HttpClient> _secure =
        new(() => CreateClient(authorities is null ? new SslClientAuthenticationOptions() : Trusting(authorities)));

    /// <summary>A client for a URL that is not a remote's, without redirects and without a timeout. <see cref="IOException"/> if the
    /// trusted authorities cannot be read.</summary>
    public HttpClient Open(Uri url)
    {
        try
        {
            return For(url);
        }
        catch (GitProtocolException unusable)
        {
            throw new IOException(unusable.Message, unusable);
        }
    }

    /// <summary>The file, to name it in an error.</summary>
    internal string? Authorities => authorities;

    internal HttpClient For(Uri url) => (url.Scheme == Uri.UriSchemeHttps ? _secure : _plain).Value;

    private static HttpClient CreateClient(SslClientAuthenticationOptions security) => new(new ProxyFailure(new SocketsHttpHandler
    {
        // Redirects and credentials are decided per request, so that credentials do not follow a redirect to another host.
        AllowAutoRedirect = false,
        UseCookies = false,
        AutomaticDecompression = DecompressionMethods.GZip | DecompressionMethods.Deflate,
        ConnectTimeout = ConnectLimit,
        PlaintextStreamFilter = (context, _) => ValueTask.FromResult<Stream>(new ReadAheadStream(context.PlaintextStream)),
        SslOptions = security,
    }))
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    private static SslClientAuthenticationOptions Trusting(string authorities)
    {
        var trusted = new X509Certificate2Collection();
        try
        {
            trusted.ImportFromPemFile(authorities);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw Unusable(authorities, failure.Message, failure);
        }
        if (trusted.Count == 0)
        {
            throw Unusable(authorities, "there is no certificate in it", inner: null);
        }
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.AddRange(trusted);
        return new SslClientAuthenticationOptions { CertificateChainPolicy = policy };
    }

    private static GitProtocolException Unusable(string authorities, string why, Exception? inner) =>
        new(RemoteFailure.Unreachable, $"the trusted certificates cannot be read from '{authorities}' (GIT_SSL_CAINFO): {why}", inner)
        { IsFinal = true };

    public void Dispose()
    {
        foreach (var client in (Lazy<HttpClient>[])[_plain, _secure])
        {
            if (client.IsValueCreated)
            {
                client.Value.Dispose();
            }
        }
    }
}
