using System.Security.Cryptography;
using Mirror.Tests.Servers;

namespace Mirror.Git.Tests.Servers;

public class ApacheServerTests
{
    [Theory]
    [InlineData(Route.Git, true)]
    [InlineData(Route.V0, false)]
    public async Task Only_the_v0_route_does_not_hear_of_version_2(Route route, bool isVersion2)
    {
        var (apache, repository) = await StartAsync();

        var trace = await ListAsync(apache.Url(repository, route));

        Assert.Equal(isVersion2, trace.Contains("< version 2", StringComparison.Ordinal));
        Assert.Equal(!isVersion2, trace.Contains(" HEAD\\0", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(Route.Git)]
    [InlineData(Route.V0)]
    [InlineData(Route.Redirect)]
    public async Task Clones_are_whole_and_pushes_arrive(Route route)
    {
        var (apache, repository) = await StartAsync();
        var work = Scratch.NewFolder("work");

        await GitCommand.RunAsync(work, "clone", "--quiet", apache.Url(repository, route), ".");
        await GitCommand.RunAsync(work, "commit", "--quiet", "--allow-empty", "--message", "pushed");
        await GitCommand.RunAsync(work, "push", "--quiet", "origin", "HEAD:main", "HEAD:refs/heads/other");

        Assert.Equal(await GitCommand.RunAsync(work, "rev-parse", "HEAD"), await repository.ResolveAsync("other"));
        await repository.FsckAsync();
    }

    [Fact]
    public async Task A_push_in_chunks_over_the_default_limits_arrives()
    {
        var (apache, repository) = await StartAsync();
        var work = Scratch.NewFolder("work");
        await GitCommand.RunAsync(work, "clone", "--quiet", apache.Url(repository), ".");
        await File.WriteAllBytesAsync(Path.Combine(work, "big.bin"), RandomNumberGenerator.GetBytes(5_000_000));
        await GitCommand.RunAsync(work, "add", "big.bin");
        await GitCommand.RunAsync(work, "commit", "--quiet", "--message", "big");

        await GitCommand.RunAsync(work, "push", "--quiet", "origin", "HEAD");

        var push = (await apache.RequestsAsync(repository))[^1];
        Assert.Equal("chunked", push.Headers["Transfer-Encoding"]);
        Assert.InRange(push.SizeIn, 5_000_000, 5_100_000);
        await repository.FsckAsync();
    }

    [Fact]
    public async Task A_push_can_be_refused_by_a_hook()
    {
        var (apache, repository) = await StartAsync();
        await repository.InstallHookAsync("update", "echo \"not $1\" >&2; [ \"$1\" != refs/heads/locked ]");
        var push = GitCommand.Of("push", apache.Url(repository), "main:locked", "main:free") with { Directory = repository.Path };

        var result = await push.TryRunAsync();

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("remote: not refs/heads/locked", result.Error, StringComparison.Ordinal);
        Assert.Equal(["refs/heads/free", "refs/heads/main"], (await repository.RefsAsync()).Keys);
    }

    [Fact]
    public async Task The_auth_route_wants_the_password()
    {
        var (apache, repository) = await StartAsync();
        var url = apache.Url(repository, Route.Auth);

        var refused = await GitCommand.Of("ls-remote", url).TryRunAsync();
        var header = $"http.extraHeader=Authorization: {ApacheServer.Authorization}";
        var listing = await GitCommand.RunAsync(Scratch.Root, "-c", header, "ls-remote", url);

        Assert.Equal(128, refused.ExitCode);
        Assert.Contains("refs/heads/main", listing, StringComparison.Ordinal);
        Assert.Equal([401, 200, 200], (await apache.RequestsAsync(repository)).Select(request => request.Status));
    }

    [Fact]
    public async Task Tls_is_trusted_through_its_authority_and_speaks_http_2()
    {
        var (apache, repository) = await StartAsync();
        var url = apache.TlsUrl(repository);
        var work = Scratch.NewFolder("work");

        var distrusted = await GitCommand.Of("ls-remote", url).TryRunAsync();
        await GitCommand.RunAsync(work, "-c", $"http.sslCAInfo={apache.AuthorityFile}", "clone", "--quiet", url, ".");
        await GitCommand.RunAsync(work, "commit", "--quiet", "--allow-empty", "--message", "pushed");
        await GitCommand.RunAsync(work, "-c", $"http.sslCAInfo={apache.AuthorityFile}", "push", "--quiet", "origin", "HEAD:other");

        Assert.Equal(128, distrusted.ExitCode);
        Assert.All(await apache.RequestsAsync(repository), request => Assert.Equal("HTTP/2.0", request.Protocol));
        Assert.Equal(await GitCommand.RunAsync(work, "rev-parse", "HEAD"), await repository.ResolveAsync("other"));
    }

    [Fact]
    public async Task The_log_counts_the_requests_about_one_repository()
    {
        var (apache, repository) = await StartAsync();
        var (_, other) = await StartAsync();
        await ListAsync(apache.Url(other));
        await ListAsync(apache.Url(repository));

        var requests = await apache.RequestsAsync(repository);

        Assert.Equal(
            [
                $"GET /git/{repository.Name}/info/refs?service=git-upload-pack 200",
                $"POST /git/{repository.Name}/git-upload-pack 200",
            ],
            requests.Select(request => request.ToString()));
        Assert.All(requests, request => Assert.Equal("version=2", request.Headers["Git-Protocol"]));
        Assert.All(requests, request => Assert.InRange(request.SizeOut, 200, 2000));
    }

    [Fact]
    public async Task Redirects_lead_to_the_same_host_or_to_another()
    {
        var (apache, repository) = await StartAsync();
        using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });

        var here = await LocationAsync(client, apache.Url(repository, Route.Redirect));
        var elsewhere = await LocationAsync(client, apache.Url(repository, Route.Elsewhere));

        Assert.Equal($"{apache.Url(repository)}/info/refs?service=git-upload-pack", here.AbsoluteUri);
        Assert.Equal("localhost", elsewhere.Host);
        Assert.NotEqual(apache.Port, elsewhere.Port);
        Assert.Equal(here.PathAndQuery, elsewhere.PathAndQuery);
        Assert.Contains("< version 2", await ListAsync(apache.Url(repository, Route.Elsewhere)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_html_route_answers_with_a_page()
    {
        var (apache, repository) = await StartAsync();
        using var client = new HttpClient();

        using var answer = await client.GetAsync(new Uri($"{apache.Url(repository, Route.Html)}/info/refs?service=git-upload-pack"));

        Assert.True(answer.IsSuccessStatusCode);
        Assert.Equal("text/html", answer.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task A_server_of_ones_own_stops_when_it_is_disposed()
    {
        var repository = await GitRepository.CreateAsync();
        var apache = await ApacheServer.StartAsync();
        Assert.Equal(0, (await GitCommand.Of("ls-remote", apache.Url(repository)).TryRunAsync()).ExitCode);

        await apache.DisposeAsync();

        var result = await GitCommand.Of("ls-remote", apache.Url(repository)).TryRunAsync();
        Assert.Contains("Failed to connect", result.Error, StringComparison.Ordinal);
    }

    private static async Task<(ApacheServer Apache, GitRepository Repository)> StartAsync()
    {
        var repository = await GitRepository.CreateAsync();
        await repository.CommitAsync("main", "a.txt", "one\n");
        return (await ApacheServer.SharedAsync(), repository);
    }

    private static async Task<string> ListAsync(string url)
    {
        var list = GitCommand.Of("ls-remote", url) with { Environment = new() { ["GIT_TRACE_PACKET"] = "1" } };
        return (await list.TryRunAsync()).Error;
    }

    private static async Task<Uri> LocationAsync(HttpClient client, string url)
    {
        using var answer = await client.GetAsync(new Uri($"{url}/info/refs?service=git-upload-pack"));
        Assert.Equal(302, (int)answer.StatusCode);
        return answer.Headers.Location!;
    }
}
