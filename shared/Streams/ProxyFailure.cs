using System.Globalization;
using System.Net;

namespace Mirror.Streams;

/// <summary>
/// Replaces the runtime's message for a proxy that refuses, since that quotes the proxy's URL with user and password. It throws an
/// <see cref="HttpRequestException"/> with <see cref="HttpRequestError.ProxyTunnelError"/> and, if known, the proxy's status.
/// </summary>
public sealed class ProxyFailure(SocketsHttpHandler sockets) : DelegatingHandler(sockets)
{
    /// <summary>Whether the proxy has refused for good, so that an immediate retry is useless.</summary>
    public static bool IsFinal(HttpRequestException failure) =>
        failure.HttpRequestError == HttpRequestError.ProxyTunnelError && (int?)failure.StatusCode is >= 400 and < 500;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        HttpResponseMessage response;
        try
        {
            response = await base.SendAsync(request, cancellationToken);
        }
        catch (HttpRequestException failure) when (failure.HttpRequestError == HttpRequestError.ProxyTunnelError)
        {
            // The runtime's exception is not kept as inner exception, since an unhandled failure would print it.
            throw Explained(request.RequestUri!, StatusIn(failure));
        }
        if (response.StatusCode == HttpStatusCode.ProxyAuthenticationRequired && ProxyOf(request.RequestUri!) is not null)
        {
            // Over plain http there is no tunnel, so the proxy's answer looks like the server's.
            response.Dispose();
            throw Explained(request.RequestUri!, response.StatusCode);
        }
        return response;
    }

    private HttpRequestException Explained(Uri url, HttpStatusCode? status)
    {
        var proxy = ProxyOf(url) is { } known ? $"the proxy {HostOf(known)}" : "the proxy";
        var (why, number) = status switch
        {
            null => ("makes no tunnel to", ""),
            HttpStatusCode.ProxyAuthenticationRequired => ("wants another user and password for", $" (HTTP {(int)status})"),
            < HttpStatusCode.InternalServerError => ("refuses a connection to", $" (HTTP {(int)status})"),
            _ => ("makes no tunnel to", $" (HTTP {(int)status})"),
        };
        return new HttpRequestException(HttpRequestError.ProxyTunnelError,
            $"{proxy} {why} {HostOf(url)}{number}: see {VariableOf(url)} and no_proxy", inner: null, status);
    }

    private Uri? ProxyOf(Uri url)
    {
        var proxy = sockets.UseProxy ? sockets.Proxy ?? HttpClient.DefaultProxy : null;
        return proxy?.IsBypassed(url) == false ? proxy.GetProxy(url) : null;
    }

    private static string HostOf(Uri url) => url.GetComponents(UriComponents.HostAndPort, UriFormat.UriEscaped);

    private static string VariableOf(Uri url) => url.Scheme == Uri.UriSchemeHttps ? "https_proxy" : "http_proxy";

    /// <summary>The runtime has the status only at the end of its message: <c>… failed with status code '407'."</c>.</summary>
    private static HttpStatusCode? StatusIn(HttpRequestException failure)
    {
        var words = failure.Message.AsSpan().TrimEnd("'.\" ");
        return failure.StatusCode
            ?? (words.Length >= 3 && int.TryParse(words[^3..], NumberStyles.None, CultureInfo.InvariantCulture, out var said)
                ? (HttpStatusCode)said
                : null);
    }
}
