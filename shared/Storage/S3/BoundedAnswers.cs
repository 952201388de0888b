using System.Net.Http.Headers;
using Mirror.Storage.Drivers;

namespace Mirror.Storage.S3;

/// <summary>
/// Reads every answer except an object, up to a limit, before the SDK does. The SDK reads XML synchronously and without a limit, and
/// could not be cancelled when a server falls silent. Here the request's timeout and cancellation apply.
/// </summary>
internal sealed class BoundedAnswers : DelegatingHandler
{
    // A thousand keys of 1,024 bytes, each byte written as %XX, and some kilobytes of other data for each.
    internal static readonly PageLimits LargestPage = new(Size: 6 * 1024 * 1024, ObjectCount: 1_000);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var answer = await base.SendAsync(request, cancellationToken);
        // An object is always requested with a range, see S3Download. The answer to HEAD has the headers of a body but no body.
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
