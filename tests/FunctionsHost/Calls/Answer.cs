using System.Text.Json;
using System.Text.Json.Nodes;

namespace Mirror.Tests.FunctionsHost.Calls;

/// <summary>What the handler answered to a call, as the host understands it. A null verdict is an answer that the host waits for and
/// does not get: the call hangs.</summary>
internal sealed record Answer(Verdict? Verdict, IReadOnlyList<string> Lines)
{
    private static readonly string[] JsonTypes = ["application/json", "text/json"];

    public static async Task<Answer> ReadAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        var body = await response.Content.ReadAsStringAsync(cancellation);
        return Read(response, body);
    }

    private static Answer Read(HttpResponseMessage response, string body)
    {
        if (!response.IsSuccessStatusCode)
        {
            // The body and its logs are thrown away.
            return Failure($"the handler answered {(int)response.StatusCode}");
        }
        if (body.Length == 0)
        {
            return new Answer(null, []);
        }
        return JsonTypes.Contains(response.Content.Headers.ContentType?.MediaType)
            ? Read(body)
            : Failure($"the handler answered '{response.Content.Headers.ContentType}' instead of JSON");
    }

    private static Answer Read(string body)
    {
        try
        {
            return JsonNode.Parse(body, Json.AnyCase) switch
            {
                null => new Answer(null, []),
                JsonObject json when json["Outputs"] is null or JsonObject && json["Logs"] is null or JsonArray => Success(json),
                _ => Failure("the handler's answer is not {\"Outputs\":{},\"Logs\":[],\"ReturnValue\":null}"),
            };
        }
        catch (JsonException e)
        {
            return Failure($"the handler's answer is not JSON: {e.Message}");
        }
    }

    private static Answer Success(JsonObject json) =>
        new(Verdict.Success, [.. (json["Logs"] as JsonArray ?? []).Select(line => $"{line}")]);

    private static Answer Failure(string reason) => new(Verdict.Failure(reason), []);
}
