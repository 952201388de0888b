using System.Net.Http.Headers;
using Mirror.Storage.Drivers;

namespace Mirror.Storage.S3;

/// <summary>
/// Takes every answer but an object's, up to a limit, before the SDK does: it reads XML synchronously and without an end, and a server
/// that falls silent in the middle could not be left. Here the request's own time and cancellation count.
/// </summary>
internal sealed class BoundedAnswers : DelegatingHandler
{
    // A thousand keys of 1,024 bytes, in which every byte is written as %XX, and some kilobytes about each.
    internal static readonly PageLimits LargestPage = new(Size: 6 * 1024 * 1024, ObjectCount: 1_000);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var answer = await base.SendAsync(request, cancellationToken);
        // An object is always asked for by a range, see S3Download; the answer to HEAD has the headers of a body and none.
        if (request.Method != HttpMethod.Head && !(answer.IsSuccessStatusCode && request.Headers.Range is not null))
        {
            try
            {
                answer.Content = await TakeAsync(request, answer, cancellationToken);
            }
            catch (Exception)
            {
                answer.Dispose();
                throw;
            }
        }
        return answer;
    }

    private static async Task<HttpContent> TakeAsync(
        HttpRequestMessage request, HttpResponseMessage answer, CancellationToken cancellation)
    {
        using var whole = answer.Content;
        await using var body = await whole.ReadAsStreamAsync(cancellation);
        var taken = await (answer.IsSuccessStatusCode
            ? IsListing(request)
                ? AnswerLimits.TakePageAsync(body, LargestPage, cancellation)
                : AnswerLimits.TakeAsync(body, AnswerLimits.MaxSize, cancellation)
            : AnswerLimits.TakeRefusalAsync(body, cancellation));
        var content = new StreamContent(taken);
        CopyHeaders(whole.Headers, content.Headers);
        return content;
    }

    private static bool IsListing(HttpRequestMessage request) =>
        request.Method == HttpMethod.Get && request.RequestUri!.Query.Contains("list-type=2", StringComparison.Ordinal);

    private static void CopyHeaders(HttpContentHeaders from, HttpContentHeaders to)
    {
        foreach (var (name, values) in from)
        {
            if (!name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase))
            {
                to.TryAddWithoutValidation(name, values);
            }
        }
    }
}
