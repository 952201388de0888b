using System.Globalization;
using Mirror.Git.Protocol;

namespace Mirror.Git.Transport;

/// <summary>Says in our own words that a proxy makes no tunnel: the runtime's own quote the proxy's URL, with user and password.</summary>
internal sealed class ProxyFailure(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    public const int Unauthorized = 407;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return await base.SendAsync(request, cancellationToken);
        }
        catch (HttpRequestException failure) when (failure.HttpRequestError == HttpRequestError.ProxyTunnelError)
        {
            // The runtime's own is not even the inner exception: with that, a fault of ours would print it.
            var own = Explain(request.RequestUri!, failure);
            throw new HttpRequestException(HttpRequestError.ProxyTunnelError, own.Message, own);
        }
    }

    private static GitProtocolException Explain(Uri url, HttpRequestException failure)
    {
        var proxy = HttpClient.DefaultProxy.GetProxy(url);
        var place = proxy is null ? "the proxy" : $"the proxy {proxy.GetComponents(UriComponents.HostAndPort, UriFormat.UriEscaped)}";
        var status = StatusIn(failure);
        var why = status switch
        {
            null => "makes no tunnel",
            Unauthorized => "wants another user and password (HTTP 407)",
            _ => $"makes no tunnel (HTTP {status})",
        };
        return new GitProtocolException(RemoteFailure.Unreachable,
            $"{place} {why} to {url.GetComponents(UriComponents.HostAndPort, UriFormat.UriEscaped)}: see {VariableOf(url)} and no_proxy")
        {
            IsFinal = status is >= 400 and < 500,
        };
    }

    private static string VariableOf(Uri url) => url.Scheme == Uri.UriSchemeHttps ? "https_proxy" : "http_proxy";

    /// <summary>The runtime tells it in words alone, at their end: <c>… failed with status code '407'."</c>.</summary>
    private static int? StatusIn(HttpRequestException failure)
    {
        var words = failure.Message.AsSpan().TrimEnd("'.\" ");
        return failure.StatusCode is { } status ? (int)status
            : words.Length >= 3 && int.TryParse(words[^3..], NumberStyles.None, CultureInfo.InvariantCulture, out var said) ? said
            : null;
    }
}
