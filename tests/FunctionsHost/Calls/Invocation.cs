using System.Net.Http.Headers;
using System.Text.Json.Nodes;

namespace Mirror.Tests.FunctionsHost.Calls;

/// <summary>One call of a function that is not an HTTP request: <c>{"Data":{…},"Metadata":{…}}</c>.</summary>
internal sealed record Invocation(string Function, JsonObject Data, JsonObject Metadata)
{
    public const string IdHeader = "X-Azure-Functions-InvocationId";

    public string Id { get; } = Guid.NewGuid().ToString();

    public string? MessageId { get; init; }

    public long? DequeueCount { get; init; }

    /// <summary>What every call's metadata has.</summary>
    public static JsonObject System(string function) => new()
    {
        ["MethodName"] = function,
        ["UtcNow"] = DateTime.UtcNow,
        ["RandGuid"] = Guid.NewGuid().ToString(),
    };

    /// <summary>Chunked, and without a Content-Length.</summary>
    public HttpRequestMessage ToRequest(int port)
    {
        var body = new JsonObject { [nameof(Data)] = Data.DeepClone(), [nameof(Metadata)] = Metadata.DeepClone() };
        var request = new HttpRequestMessage(HttpMethod.Post, $"http://127.0.0.1:{port}/{Function}")
        {
            Content = new StringContent(body.ToJsonString(Json.Plain), MediaTypeHeaderValue.Parse("application/json; charset=utf-8")),
        };
        request.Headers.TransferEncodingChunked = true;
        Iso8601(request, Id);
        return request;
    }

    /// <summary>What the host adds to a request of any kind.</summary>
    public static void Iso8601(HttpRequestMessage request, string id)
    {
        request.Headers.TryAddWithoutValidation(IdHeader, id);
        request.Headers.TryAddWithoutValidation("X-Azure-Functions-HostVersion", "4.0.0.0");
        request.Headers.TryAddWithoutValidation("User-Agent", "Azure-Functions-Host/4.0.0.0");
    }
}
