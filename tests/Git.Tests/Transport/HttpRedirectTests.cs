using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Mirror.Git.Tests.Protocol;
using Mirror.Git.Tests.Remotes;
using Mirror.Tests.Servers;
using static Mirror.Git.Tests.Transport.FakeGit;

namespace Mirror.Git.Tests.Transport;

public class HttpRedirectTests
{
    private static readonly byte[] Opening = FakeAnswer.Bytes(
        200, "application/x-git-upload-pack-advertisement", Wire.Of("version 2\n", "ls-refs=unborn\n", "fetch=shallow\n", Wire.Flush));

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(303)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task The_opening_is_followed_to_a_host_that_is_allowed_and_the_password_stays_behind(int status)
    {
        await using var there = new FakeServer(FakeAnswer.InTurn(FakeAnswer.Raw(Opening), FakeAnswer.Raw(Listing), FakeAnswer.Raw(Pack)));
        await using var here = new FakeServer(FakeAnswer.Status(status, $"Location: {there.Url}/b.git/info/refs?service=git-upload-pack"));
        var asked = new List<Uri>();
        var settings = new RemoteSettings { Http = Remote.Http, FindCredential = (url, _, _) => Find(asked, url) };

        var pack = await FetchAsync(Remote.At($"http://user:secret@127.0.0.1:{here.Port}/a.git", settings).Following(RedirectPolicy.Any));

        Assert.Equal("PACK and so on", pack);
        Assert.All(here.Requests, request => Assert.StartsWith("Basic ", request.Headers["Authorization"], StringComparison.Ordinal));
        Assert.All(there.Requests, request => Assert.False(request.Headers.ContainsKey("Authorization")));
        Assert.Equal(["GET /b.git/info/refs?service=git-upload-pack", "POST /b.git/git-upload-pack", "POST /b.git/git-upload-pack"],
            there.Requests.Select(request => request.ToString()));
        Assert.Empty(asked);
    }

    [Fact]
    public async Task A_push_is_followed_from_its_opening_on()
    {
        await using var there = new FakeServer(FakeAnswer.InTurn(FakeAnswer.Raw(Target), FakeAnswer.Raw(Report)));
        await using var here = new FakeServer(FakeAnswer.Status(302, $"Location: {there.Url}/b.git/info/refs?service=git-receive-pack"));

        var report = await PushAsync(Remote.At($"http://user:secret@127.0.0.1:{here.Port}/a.git").Following(RedirectPolicy.Any), Push);

        Assert.True(report.Accepted(RefName.Parse("refs/heads/main")));
        Assert.All(there.Requests, request => Assert.False(request.Headers.ContainsKey("Authorization")));
        Assert.Equal("POST /b.git/git-receive-pack", there.Requests[^1].ToString());
    }

    [Fact]
    public async Task A_redirect_to_another_server_is_not_followed_unless_it_is_allowed()
    {
        // As an internal host without a login is: whatever it has would be mirrored under the hostile source's name.
        var apache = await ApacheServer.SharedAsync();
        var inner = await GitRepository.CreateAsync("inner");
        var tip = await inner.CommitAsync("main", "a.txt", "for us alone\n");
        await using var hostile = new FakeServer(
            FakeAnswer.Status(302, $"Location: {apache.Url(inner)}/info/refs?service=git-upload-pack"));
        var remote = Remote.At($"{hostile.Url}/a.git");

        var failure = await Assert.ThrowsAsync<RemoteException>(() => FetchAsync(remote).WaitAsync(Deadline));

        Assert.Equal((RemoteFailure.NotGit, false), (failure.Failure, failure.IsTransient));
        Assert.EndsWith($"redirected to {apache.Url(inner)}, another host or port: write that URL if it is right, or allow it with "
            + $"follow_redirects: [127.0.0.1:{apache.Port}]", failure.Message, StringComparison.Ordinal);
        Assert.Empty(await apache.RequestsAsync(inner));

        await using var allowed = remote.Following(RedirectPolicy.To([RedirectHost.Parse($"127.0.0.1:{apache.Port}")])).Read();
        Assert.Equal([tip], (await ListAsync(allowed)).Refs.Select(found => found.Id.ToString()));
    }

    [Fact]
    public async Task Two_steps_lead_no_further_than_one()
    {
        await using var third = new FakeServer(FakeAnswer.Raw(Opening));
        await using var second = new FakeServer(FakeAnswer.Status(302, $"Location: {third.Url}/a.git/info/refs"));
        await using var first = new FakeServer(FakeAnswer.Status(302, $"Location: {second.Url}/a.git/info/refs"));
        var remote = Remote.At($"{first.Url}/a.git").Following(RedirectPolicy.To([RedirectHost.Parse($"127.0.0.1:{second.Port}")]));

        await Assert.ThrowsAsync<RemoteException>(() => FetchAsync(remote).WaitAsync(Deadline));

        Assert.Single(second.Requests);
        Assert.Empty(third.Requests);
    }

    [Fact]
    public async Task A_password_that_is_kept_for_the_host_does_not_go_to_another_port_of_it()
    {
        await using var there = new FakeServer(FakeAnswer.Status(401));
        await using var here = new FakeServer(FakeAnswer.Status(302, $"Location: {there.Url}/b.git/info/refs?service=git-upload-pack"));
        // As netrc has it, which knows no ports.
        var settings = new RemoteSettings
        { Http = Remote.Http, FindCredential = (_, _, _) => ValueTask.FromResult<Credential?>(new("user", "secret")) };

        var failure = await Assert.ThrowsAsync<RemoteException>(
            () => FetchAsync(Remote.At($"{here.Url}/a.git", settings).Following(RedirectPolicy.Any)));

        Assert.Equal(RemoteFailure.Unauthorized, failure.Failure);
        Assert.All(here.Requests, request => Assert.True(request.Headers.ContainsKey("Authorization")));
        Assert.All(there.Requests, request => Assert.False(request.Headers.ContainsKey("Authorization")));
    }

    [Theory]
    [InlineData("https://h.example/a", "https://h.example/b", true)]
    [InlineData("https://h.example/a", "https://H.EXAMPLE:443/b", true)]
    [InlineData("https://h.example:8443/a", "https://h.example:8443/b", true)]
    [InlineData("http://h.example/a", "https://h.example/b", true)]
    [InlineData("https://b\u00fccher.example/a", "https://xn--bcher-kva.example/b", true)]
    [InlineData("https://h.example/a", "https://h.example:8443/b", false)]
    [InlineData("https://h.example:8443/a", "https://h.example/b", false)]
    [InlineData("http://h.example:8080/a", "https://h.example:8443/b", false)]
    [InlineData("https://h.example/a", "https://www.h.example/b", false)]
    [InlineData("https://h.example/a", "https://h.example.evil.example/b", false)]
    [InlineData("https://h.example/a", "https://h.example./b", false)]
    [InlineData("https://h.example/a", "https://127.0.0.1/b", false)]
    public void The_same_host_is_the_same_name_and_port(string configured, string target, bool isAllowed) =>
        Assert.Equal(isAllowed, RedirectPolicy.SameHost.Allows(new Uri(configured), new Uri(target)));

    [Theory]
    [InlineData("git.example", "https://git.example/b", true)]
    [InlineData("GIT.example", "https://git.example/b", true)]
    [InlineData("git.example:8443", "https://git.example:8443/b", true)]
    [InlineData("git.example:443", "https://git.example/b", true)]
    [InlineData("[::1]:8443", "https://[::1]:8443/b", true)]
    [InlineData("b\u00fccher.example", "https://xn--bcher-kva.example/b", true)]
    [InlineData("git.example", "https://h.example/b", true)]
    [InlineData("git.example", "https://git.example:8443/b", false)]
    [InlineData("git.example:8443", "https://git.example/b", false)]
    [InlineData("git.example:443", "http://git.example/b", false)]
    [InlineData("git.example", "https://a.git.example/b", false)]
    [InlineData("example", "https://git.example/b", false)]
    public void A_host_in_the_list_is_allowed_beside_the_own_one(string host, string target, bool isAllowed) =>
        Assert.Equal(isAllowed, RedirectPolicy.To([RedirectHost.Parse(host)]).Allows(new Uri("https://h.example/a"), new Uri(target)));

    [Theory]
    [InlineData("")]
    [InlineData("https://git.example")]
    [InlineData("git.example/a")]
    [InlineData("user@git.example")]
    [InlineData("*.example")]
    [InlineData("git.example:99999")]
    [InlineData("a b")]
    public void What_is_no_host_cannot_be_allowed(string host) => Assert.Throws<FormatException>(() => RedirectHost.Parse(host));

    [Fact]
    public async Task Nothing_but_the_opening_is_followed()
    {
        await using var there = new FakeServer(FakeAnswer.Raw(Pack));
        var away = FakeAnswer.Status(307, $"Location: {there.Url}/b.git/git-upload-pack");
        await using var reading = new FakeServer(FakeAnswer.InTurn(FakeAnswer.Raw(Listing), away));
        await using var writing = new FakeServer(FakeAnswer.InTurn(FakeAnswer.Raw(Target), away));

        var fetch = await Assert.ThrowsAsync<RemoteException>(() => FetchAsync(Remote.At(reading.Url)));
        var push = await Assert.ThrowsAsync<RemoteException>(() => PushAsync(Remote.At(writing.Url), Push));

        Assert.Equal((RemoteFailure.Refused, RemoteFailure.Refused), (fetch.Failure, push.Failure));
        Assert.Empty(there.Requests);
    }

    [Fact]
    public async Task A_loop_ends()
    {
        await using var server = new FakeServer(FakeAnswer.Status(302, "Location: /a.git/info/refs?service=git-upload-pack"));

        var failure = await Assert.ThrowsAsync<RemoteException>(() => FetchAsync(Remote.At($"{server.Url}/a.git")).WaitAsync(Deadline));

        Assert.Equal(RemoteFailure.NotGit, failure.Failure);
        Assert.Equal(1 + 21, server.Requests.Count);
    }

    [Theory]
    // A login page; another scheme; a place that is none. The first ones come with what somebody has put into the URL.
    [InlineData("http://user:secret@login.invalid/sign_in?token=secret")]
    [InlineData("http://user:secret@127.0.0.1/a.git/git-upload-pack")]
    [InlineData("/users/sign_in?token=secret")]
    [InlineData("file:///etc/info/refs")]
    [InlineData("ftp://127.0.0.1/a.git/info/refs")]
    [InlineData("javascript:alert(1)//info/refs")]
    [InlineData("//[x/info/refs")]
    [InlineData("http://:99999/info/refs")]
    [InlineData("http:///info/refs")]
    [InlineData("http://%00/info/refs")]
    [InlineData("\u001b[31m/info/refs/x")]
    public async Task Other_places_are_not_followed_and_their_secrets_not_repeated(string location)
    {
        await using var server = new FakeServer(FakeAnswer.Status(302, $"Location: {location}"));

        var failure = await Assert.ThrowsAsync<RemoteException>(() => FetchAsync(Remote.At($"{server.Url}/a.git")).WaitAsync(Deadline));

        Assert.True(failure.Failure is RemoteFailure.NotGit or RemoteFailure.Refused, failure.ToString());
        Assert.DoesNotContain("secret", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(failure.Message, char.IsControl);
    }

    [Fact]
    public async Task From_https_to_http_is_refused()
    {
        await using var plain = new FakeServer(FakeAnswer.Raw(Opening));
        var apache = await ApacheServer.SharedAsync();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        var serving = ServeOverTlsAsync(listener, Path.GetDirectoryName(apache.AuthorityFile)!, $"{plain.Url}/a.git/info/refs");
        using var http = new HttpAccess(apache.AuthorityFile);

        var failure = await Assert.ThrowsAsync<RemoteException>(() =>
            PushAsync(Remote.At($"https://127.0.0.1:{port}/a.git", new RemoteSettings { Http = http }).Following(RedirectPolicy.Any), Push)
                .WaitAsync(Deadline));
        await serving.WaitAsync(Deadline);

        Assert.Equal(RemoteFailure.NotGit, failure.Failure);
        Assert.EndsWith(
            $"redirected to {plain.Url}/a.git, from https to http, which nothing allows", failure.Message, StringComparison.Ordinal);
        Assert.Empty(plain.Requests);
    }

    private static ValueTask<Credential?> Find(List<Uri> asked, Uri url)
    {
        asked.Add(url);
        return ValueTask.FromResult<Credential?>(null);
    }

    /// <summary>Answers one request with a redirect, with the certificate of the shared Apache.</summary>
    private static async Task ServeOverTlsAsync(TcpListener listener, string folder, string location)
    {
        using var client = await listener.AcceptTcpClientAsync();
        await using var tls = new SslStream(client.GetStream());
        using var certificate = X509Certificate2.CreateFromPemFile($"{folder}/server.pem", $"{folder}/server.key");
        await tls.AuthenticateAsServerAsync(certificate);
        _ = await tls.ReadAsync(new byte[16 * 1024]);
        await tls.WriteAsync(FakeAnswer.Bytes(302, "text/plain", [], $"Location: {location}", "Connection: close"));
    }
}
