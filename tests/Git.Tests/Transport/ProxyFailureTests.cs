using System.Net;
using Mirror.Git.Transport;
using Mirror.Tests.Servers;

namespace Mirror.Git.Tests.Transport;

public class ProxyFailureTests
{
    [Theory]
    [InlineData(407, "wants another user and password (HTTP 407)", true)]
    [InlineData(403, "makes no tunnel (HTTP 403)", true)]
    [InlineData(502, "makes no tunnel (HTTP 502)", false)]
    public async Task A_proxy_that_makes_no_tunnel_is_told_in_our_own_words(int status, string words, bool isFinal)
    {
        await using var proxy = new FakeServer(FakeAnswer.Status(status));
        using var client = new HttpClient(new ProxyFailure(new SocketsHttpHandler
        {
            // With its user and password in the URL, as the variables have it.
            Proxy = new PlainProxy(new Uri($"http://user:hunter2@127.0.0.1:{proxy.Port}")),
        }));

        var failure = await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync(new Uri("https://git.invalid/a")));

        var told = HttpFailure.Of(failure, authorities: null);
        Assert.Equal((RemoteFailure.Unreachable, isFinal), (told.Failure, told.IsFinal));
        Assert.EndsWith($"{words} to git.invalid:443: see https_proxy and no_proxy", told.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", failure.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", told.ToString(), StringComparison.Ordinal);
    }

    private sealed class PlainProxy(Uri address) : IWebProxy
    {
        public ICredentials? Credentials { get; set; }

        public Uri GetProxy(Uri destination) => address;

        public bool IsBypassed(Uri host) => false;
    }
}
