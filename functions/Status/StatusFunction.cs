using Microsoft.AspNetCore.Http;
using Mirror.Functions.Serving;

namespace Mirror.Functions.Status;

/// <summary><c>GET /api/status</c>: how every mirror is, as a page, as JSON or as metrics; <c>/api/status/mirror/NAME</c>: one of them. The host asks
/// for the function's key before it forwards a request.</summary>
internal sealed class StatusFunction(StatusReader reader)
{
    private const string MirrorPath = "mirror/";

    public async Task RunAsync(HttpContext context, CancellationToken cancellation)
    {
        if (!HttpMethods.IsGet(context.Request.Method))
        {
            await WriteAsync(context, StatusCodes.Status405MethodNotAllowed, "text/plain; charset=utf-8", "only GET");
            return;
        }
        var query = context.Request.Query;
        var (links, filter) = (new StatusLinks(query["code"]), StatusFilter.Parse(query["state"], query["name"]));
        var path = PathOf(context.Request);
        var view = await reader.ReadAsync(cancellation);
        await (path switch
        {
            "" => WriteAsync(context, StatusCodes.Status200OK, "text/html; charset=utf-8", StatusPage.Of(view, filter, links)),
            "json" => WriteAsync(context, StatusCodes.Status200OK, "application/json; charset=utf-8", StatusDocument.Of(view, filter)),
            "metrics" => WriteAsync(context, StatusCodes.Status200OK, MetricsText.ContentType, MetricsText.Of(view)),
            _ when path.StartsWith(MirrorPath, StringComparison.Ordinal) => WriteMirrorAsync(context, path[MirrorPath.Length..], view, links),
            _ => WriteAsync(context, StatusCodes.Status404NotFound, "text/plain; charset=utf-8", "there are /api/status, /api/status/mirror/NAME, /api/status/json and /api/status/metrics"),
        });
    }

    private static Task WriteMirrorAsync(HttpContext context, string name, StatusView view, StatusLinks links)
    {
        // Some servers on the way leave an encoded slash encoded.
        var slashed = name.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);
        var mirror = view.Mirrors.FirstOrDefault(mirror => mirror.Name == name) ?? view.Mirrors.FirstOrDefault(mirror => mirror.Name == slashed);
        return mirror is null
            ? WriteAsync(context, StatusCodes.Status404NotFound, "text/html; charset=utf-8", MirrorPage.NotThere(slashed, links))
            : WriteAsync(context, StatusCodes.Status200OK, "text/html; charset=utf-8", MirrorPage.Of(mirror, view, links));
    }

    /// <summary>What stands after the route.</summary>
    private static string PathOf(HttpRequest request) =>
        request.Path.Value is { } path && path.Length > StatusLinks.Root.Length ? path[StatusLinks.Root.Length..].Trim('/') : "";

    private static Task WriteAsync(HttpContext context, int status, string contentType, string text)
    {
        var headers = context.Response.Headers;
        // Names and errors come from elsewhere: whatever slips through the encoder still finds nothing that would run it.
        headers.ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
        headers.CacheControl = "no-store";
        headers.XContentTypeOptions = "nosniff";
        // The address may hold the function's key.
        headers["Referrer-Policy"] = "no-referrer";
        return InvocationServer.WriteAsync(context, status, contentType, text);
    }
}
