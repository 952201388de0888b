using System.Net;
using System.Net.Sockets;
using Mirror.Git.Protocol;
using Mirror.Streams;

namespace Mirror.Git.Transport;

/// <summary>Translates an HTTP status, content type or exception into a Git failure.</summary>
internal static class HttpFailure
{
    /// <param name="advise">Gives the next action for a status; null where the reason's own is best.</param>
    public static void ThrowUnlessGit(HttpResponseMessage response, string expectedType, Func<int, string?> advise)
    {
        if (response.StatusCode != HttpStatusCode.OK)
        {
            throw OfStatus(response, advise((int)response.StatusCode));
        }
        var type = response.Content.Headers.ContentType?.MediaType;
        if (!string.Equals(type, expectedType, StringComparison.OrdinalIgnoreCase))
        {
            throw new GitProtocolException(RemoteFailure.NotGit,
                $"the answer is {type ?? "of no type"}, not {expectedType}: is this the URL of a Git repository?");
        }
    }

    /// <param name="authorities">The file of trusted authorities, if one is configured.</param>
    public static GitProtocolException Of(HttpRequestException failure, string? authorities) => failure.InnerException switch
    {
        GitProtocolException inner => inner,
        SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData } =>
            new(RemoteFailure.Unreachable, $"the host name does not resolve: {failure.Message}", failure) { IsFinal = true },
        _ => failure.HttpRequestError switch
        {
            HttpRequestError.NameResolutionError =>
                new(RemoteFailure.Unreachable, $"the host name does not resolve: {failure.Message}", failure) { IsFinal = true },
            HttpRequestError.SecureConnectionError => new(RemoteFailure.Unreachable, Innermost(failure), failure)
            {
                IsFinal = true,
                Advice = HttpAdvice.OfCertificate(failure, authorities),
            },
            HttpRequestError.ConnectionError or HttpRequestError.ProxyTunnelError =>
                new(RemoteFailure.Unreachable, failure.Message, failure) { IsFinal = ProxyFailure.IsFinal(failure) },
            HttpRequestError.InvalidResponse => new(RemoteFailure.Malformed, Innermost(failure), failure),
            _ => new(RemoteFailure.Disconnected, $"the connection broke: {Innermost(failure)}", failure),
        },
    };

    private static GitProtocolException OfStatus(HttpResponseMessage response, string? advice)
    {
        var status = (int)response.StatusCode;
        var reason = status switch
        {
            401 => RemoteFailure.Unauthorized,
            403 => RemoteFailure.Forbidden,
            404 or 410 => RemoteFailure.NotFound,
            408 or 429 => RemoteFailure.Throttled,
            >= 500 => RemoteFailure.Unavailable,
            _ => RemoteFailure.Refused,
        };
        var phrase = Printable.Text(System.Text.Encoding.Latin1.GetBytes(response.ReasonPhrase ?? ""));
        return new GitProtocolException(reason, $"HTTP {status} {phrase}".TrimEnd())
        {
            Advice = advice,
            RetryAfter = response.Headers.RetryAfter switch
            {
                { Delta: { } delta } => delta,
                { Date: { } date } when response.Headers.Date is { } now => date > now ? date - now : TimeSpan.Zero,
                _ => null,
            },
        };
    }

    private static string Innermost(Exception failure) => failure.GetBaseException().Message;
}
