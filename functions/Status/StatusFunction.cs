using Microsoft.AspNetCore.Http;
using Mirror.Functions.Jobs;
using Mirror.Functions.Output;
using Mirror.Functions.Poison;
using Mirror.Functions.Serving;
using Mirror.Git;

namespace Mirror.Functions.Status;

/// <summary><c>GET /api/status</c>: the status of all mirrors, as a page, as JSON or as metrics; <c>/api/status/mirror/NAME</c>: of one
/// mirror; <c>POST /api/status/poison?queue=NAME</c>: moves the messages of a poison queue back. The host checks the function key before
/// it forwards a request.</summary>
internal sealed class StatusFunction(StatusReader reader, Func<PoisonQueues> poison, TimeProvider time)
{
    private const string Text = "text/plain; charset=utf-8";
    private const string MirrorPath = "mirror/";

    public Task RunAsync(HttpContext context, CancellationToken cancellation) => (context.Request.Method, PathOf(context.Request)) switch
    {
        ("POST", "poison") => PutBackAsync(context, cancellation),
        ("GET", var path) => ShowAsync(context, path, cancellation),
        _ => WriteAsync(context, StatusCodes.Status405MethodNotAllowed, Text, "only GET, and POST of /api/status/poison"),
    };

    private async Task PutBackAsync(HttpContext context, CancellationToken cancellation)
    {
        var queue = context.Request.Query["queue"].ToString();
        if (Enum.GetValues<JobKind>().Where(job => JobQueues.PoisonOf(job) == queue).Cast<JobKind?>().FirstOrDefault() is not { } job)
        {
            await WriteAsync(context, StatusCodes.Status400BadRequest, Text,
                "say which, such as /api/status/poison?queue=mirror-produce-poison");
            return;
        }
        var count = await poison().PutBackAsync(job, time.GetUtcNow(), cancellation);
        await WriteAsync(context, StatusCodes.Status200OK, Text,
            $"{Quantity.Of(count, "message")} put back into {JobQueues.NameOf(job)}; the page says so when Poison has run again");
    }

    private async Task ShowAsync(HttpContext context, string path, CancellationToken cancellation)
    {
        var query = context.Request.Query;
        var (links, filter) = (new StatusLinks(query["code"]), StatusFilter.Parse(query["state"], query["name"]));
        var view = await reader.ReadAsync(cancellation);
        await (path switch
        {
            "" => WriteAsync(context, StatusCodes.Status200OK, "text/html; charset=utf-8", StatusPage.Of(view, filter, links)),
            "json" => WriteAsync(context, StatusCodes.Status200OK, "application/json; charset=utf-8", StatusDocument.Of(view, filter)),
            "metrics" => WriteAsync(context, StatusCodes.Status200OK, MetricsText.ContentType, MetricsText.Of(view)),
            _ when path.StartsWith(MirrorPath, StringComparison.Ordinal) =>
                WriteMirrorAsync(context, path[MirrorPath.Length..], view, links),
            _ =>
                WriteAsync(context, StatusCodes.Status404NotFound, Text,
                    "there are /api/status, /api/status/mirror/NAME, /api/status/json and /api/status/metrics"),
        });
    }

    private static Task WriteMirrorAsync(HttpContext context, string name, StatusView view, StatusLinks links)
    {
        // Some proxies leave an encoded slash encoded.
        var slashed = name.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);
        var mirror = view.Mirrors.FirstOrDefault(mirror => mirror.Name == name)
            ?? view.Mirrors.FirstOrDefault(mirror => mirror.Name == slashed);
        return mirror is null
            ? WriteAsync(context, StatusCodes.Status404NotFound, "text/html; charset=utf-8", MirrorPage.NotThere(slashed, links))
            : WriteAsync(context, StatusCodes.Status200OK, "text/html; charset=utf-8", MirrorPage.Of(mirror, view, links));
    }

    /// <summary>The path after the route, with our own words in lower case, since the host matches them without case.
    /// A mirror's name is unchanged.</summary>
    private static string PathOf(HttpRequest request)
    {
        var path = request.Path.Value is { } whole && whole.Length > StatusLinks.Root.Length
            ? whole[StatusLinks.Root.Length..].Trim('/')
            : "";
        return path.StartsWith(MirrorPath, StringComparison.OrdinalIgnoreCase)
            ? $"{MirrorPath}{path[MirrorPath.Length..]}"
            : path.ToLowerInvariant();
    }

    private static Task WriteAsync(HttpContext context, int status, string contentType, string text)
    {
        var headers = context.Response.Headers;
        // Names and errors come from others. Even if the encoder missed something, no script could run.
        headers.ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; "
            + "frame-ancestors 'none'";
        headers.CacheControl = "no-store";
        headers.XContentTypeOptions = "nosniff";
        // The address may contain the function key.
        headers["Referrer-Policy"] = "no-referrer";
        return InvocationServer.WriteAsync(context, status, contentType, contentType == Text ? Printable.Lines(text) : text);
    }
}
