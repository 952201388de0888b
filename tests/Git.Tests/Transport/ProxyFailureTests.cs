using System.Net;
using System.Text;
using Mirror.Git.Transport;
using Mirror.Streams;
using Mirror.Tests.Servers;

namespace Mirror.Git.Tests.Transport;

public class ProxyFailureTests
{
    [Theory]
    [InlineData("https", 407, "wants another user and password for git.invalid:443 (HTTP 407): see https_proxy", true)]
    [InlineData("https", 403, "refuses a connection to git.invalid:443 (HTTP 403): see https_proxy", true)]
    [InlineData("https", 502, "makes no tunnel to git.invalid:443 (HTTP 502): see https_proxy", false)]
    // Without a tunnel, the proxy's word could be the server's, but for this one.
    [InlineData("http", 407, "wants another user and password for git.invalid:80 (HTTP 407): see http_proxy", true)]
    public async Task A_proxy_that_refuses_is_told_in_our_own_words(string scheme, int status, string words, bool isFinal)
    {
        await using var proxy = new FakeServer(FakeAnswer.Raw(Encoding.Latin1.GetBytes(
            $"HTTP/1.1 {status} no user:hunter2\r\nX-User: hunter2\r\nContent-Length: 7\r\n\r\nhunter2")));
        // With its user and password in the URL, as the variables have it.
        using var client = ThroughProxy($"http://user:hunter2@127.0.0.1:{proxy.Port}");

        var failure = await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync(new Uri($"{scheme}://git.invalid/a")));

        Assert.Equal($"the proxy 127.0.0.1:{proxy.Port} {words} and no_proxy", failure.Message);
        Assert.Equal(((HttpStatusCode?)status, isFinal), (failure.StatusCode, ProxyFailure.IsFinal(failure)));
        var told = HttpFailure.Of(failure, authorities: null);
        Assert.Equal((RemoteFailure.Unreachable, failure.Message, isFinal), (told.Failure, told.Message, told.IsFinal));
        Assert.DoesNotContain("hunter2", failure.ToString() + told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_without_a_proxy_before_it_speaks_for_itself()
    {
        await using var server = new FakeServer(FakeAnswer.Status(407));
        using var client = new HttpClient(new ProxyFailure(new SocketsHttpHandler { UseProxy = false }));

        using var answer = await client.GetAsync(new Uri(server.Url));

        Assert.Equal(HttpStatusCode.ProxyAuthenticationRequired, answer.StatusCode);
    }

    private static HttpClient ThroughProxy(string url) =>
        new(new ProxyFailure(new SocketsHttpHandler { Proxy = new PlainProxy(new Uri(url)) }));

    private sealed class PlainProxy(Uri address) : IWebProxy
    {
        public ICredentials? Credentials { get; set; }

        public Uri GetProxy(Uri destination) => address;

        public bool IsBypassed(Uri host) => false;
    }
}
