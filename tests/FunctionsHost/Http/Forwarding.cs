using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Mirror.Tests.FunctionsHost.Calls;

namespace Mirror.Tests.FunctionsHost.Http;

/// <summary>The original request to the handler, and its raw answer back.</summary>
internal static class Forwarding
{
    // Of the connection, and not of the request.
    private static readonly string[] HopByHop =
        ["Connection", "Keep-Alive", "Proxy-Connection", "TE", "Trailer", "Transfer-Encoding", "Upgrade", "Host"];

    public static HttpRequestMessage ToHandler(HttpRequest request, int port, string id)
    {
        var path = request.HttpContext.Features.Get<IHttpRequestFeature>()!.RawTarget;
        var forwarded = new HttpRequestMessage(new HttpMethod(request.Method), new Uri($"http://127.0.0.1:{port}{path}"));
        if (request.HttpContext.Features.Get<IHttpRequestBodyDetectionFeature>()!.CanHaveBody)
        {
            forwarded.Content = new StreamContent(request.Body);
        }
        foreach (var (name, values) in request.Headers.Where(header => !HopByHop.Contains(header.Key, StringComparer.OrdinalIgnoreCase)))
        {
            if (!forwarded.Headers.TryAddWithoutValidation(name, values.AsEnumerable()))
            {
                forwarded.Content?.Headers.TryAddWithoutValidation(name, values.AsEnumerable());
            }
        }
        forwarded.Headers.Remove(Invocation.IdHeader);
        Invocation.Iso8601(forwarded, id);
        return forwarded;
    }

    public static async Task ToCallerAsync(HttpResponseMessage answer, HttpResponse response, CancellationToken cancellation)
    {
        response.StatusCode = (int)answer.StatusCode;
        foreach (var (name, values) in answer.Headers.Concat(answer.Content.Headers))
        {
            if (!HopByHop.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                response.Headers[name] = values.ToArray();
            }
        }
        await answer.Content.CopyToAsync(response.Body, cancellation);
    }
}
