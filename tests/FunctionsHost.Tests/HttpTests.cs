using System.Net;
using System.Text;
using System.Text.Json;

namespace Mirror.Tests.FunctionsHost.Tests;

public sealed class HttpTests
{
    private static readonly HttpClient Client = new(new SocketsHttpHandler { AllowAutoRedirect = false });

    [Fact]
    public async Task The_original_request_is_forwarded_and_the_raw_answer_comes_back()
    {
        var package = await StartableAsync(Bindings.Http("page/{*rest}", "\"authLevel\": \"anonymous\""));
        await using var host = await package.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Put, new Uri(host.Http, "/api/page/a%20b/c?x=1&y=%2F"));
        request.Content = new StringContent("body ä", Encoding.UTF8, "text/plain");
        request.Headers.Add("X-Mine", "one");
        request.Headers.Add("Cookie", "a=b");

        using var answer = await Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("application/json", answer.Content.Headers.ContentType!.MediaType);
        var seen = JsonSerializer.Deserialize<SeenRequest>(await answer.Content.ReadAsStringAsync())!;
        Assert.Equal(("PUT", "/api/page/a%20b/c?x=1&y=%2F", "body ä"), (seen.Method, seen.Path, seen.Body));
        Assert.Equal(("one", "a=b"), (seen.Headers["X-Mine"], seen.Headers["Cookie"]));
        Assert.Equal("text/plain; charset=utf-8", seen.Headers["Content-Type"]);
        var call = Assert.Single(host.Calls);
        Assert.Equal(("Page", CallOutcome.Succeeded), (call.Function, call.Outcome));
        Assert.Equal(call.InvocationId, seen.Headers["X-Azure-Functions-InvocationId"]);
        Assert.Empty(host.Violations);
    }

    [Theory]
    [InlineData(404, "text/html", "<p>no</p>")]
    [InlineData(302, "text/plain", "elsewhere")]
    [InlineData(503, "text/plain", "later")]
    [InlineData(200, "text/plain", "")]
    public async Task Any_answer_is_an_answer(int status, string type, string body)
    {
        var package = await StartableAsync(Bindings.Http("page", "\"authLevel\": \"anonymous\""));
        await using var host = await package.StartAsync();

        var step = Uri.EscapeDataString($"answer {status} {type} {body}");
        using var answer = await Client.GetAsync(new Uri(host.Http, $"/api/page?do={step}"));

        Assert.Equal((status, body), ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync()));
        Assert.Equal(type, answer.Content.Headers.ContentType!.MediaType);
        Assert.Empty(host.Violations);
    }

    [Fact]
    public async Task A_function_wants_its_key()
    {
        var package = await StartableAsync(Bindings.Http("page"));
        package.Add("Other", Bindings.Http("other"), Bindings.HttpOutput);
        await using var host = await package.StartAsync();

        Assert.Equal(HttpStatusCode.Unauthorized, await GetAsync("/api/page"));
        Assert.Equal(HttpStatusCode.Unauthorized, await GetAsync("/api/page?code=wrong"));
        Assert.Equal(HttpStatusCode.Unauthorized, await GetAsync($"/api/page?code={Uri.EscapeDataString(host.KeyOf("Other"))}"));
        Assert.Empty(package.Seen);
        Assert.Equal(HttpStatusCode.OK, await GetAsync($"/api/page?code={Uri.EscapeDataString(host.KeyOf("Page"))}"));
        Assert.Equal(HttpStatusCode.OK, await GetAsync("/api/page", host.KeyOf("Page")));
        Assert.Equal(HttpStatusCode.OK, await GetAsync("/api/page", host.MasterKey));

        async Task<HttpStatusCode> GetAsync(string path, string? key = null)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(host.Http, path));
            if (key is not null)
            {
                request.Headers.Add("x-functions-key", key);
            }
            using var answer = await Client.SendAsync(request);
            return answer.StatusCode;
        }
    }

    [Fact]
    public async Task Only_its_methods_and_its_route_reach_a_function()
    {
        var package = await StartableAsync(Bindings.Http("page", "\"authLevel\": \"anonymous\", \"methods\": [\"get\"]"));
        await using var host = await package.StartAsync();

        using var get = await Client.GetAsync(new Uri(host.Http, "/api/page"));
        using var post = await Client.PostAsync(new Uri(host.Http, "/api/page"), null);
        using var other = await Client.GetAsync(new Uri(host.Http, "/page"));

        Assert.Equal(HttpStatusCode.OK, get.StatusCode);
        Assert.False(post.IsSuccessStatusCode);
        Assert.Equal(HttpStatusCode.NotFound, other.StatusCode);
        Assert.Single(package.Seen);
    }

    [Fact]
    public async Task A_handler_that_dies_is_a_500()
    {
        var package = await StartableAsync(Bindings.Http("page", "\"authLevel\": \"anonymous\""));
        await using var host = await package.StartAsync();

        using var answer = await Client.GetAsync(new Uri(host.Http, "/api/page?do=exit%203"));

        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        Assert.Equal(CallOutcome.Failed, Assert.Single(host.Calls).Outcome);
    }

    [Fact]
    public async Task A_function_without_an_output_is_not_played()
    {
        var package = await StubPackage.CreateAsync("Page", Bindings.Http("page"));

        await Assert.ThrowsAsync<NotSupportedException>(package.StartAsync);
    }

    private static async Task<StubPackage> StartableAsync(string binding)
    {
        var package = await StubPackage.CreateAsync();
        package.Add("Page", binding, Bindings.HttpOutput);
        return package;
    }
}
