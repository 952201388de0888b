using System.Globalization;
using System.IO.Compression;
using Mirror.Git.Tests.Protocol;
using Mirror.Git.Tests.Remotes;
using Mirror.Tests.Servers;
using static Mirror.Git.Tests.Transport.FakeGit;

namespace Mirror.Git.Tests.Transport;

public class HttpAnswerTests
{
    [Theory]
    [InlineData(401, RemoteFailure.Unauthorized, false)]
    [InlineData(403, RemoteFailure.Forbidden, false)]
    [InlineData(404, RemoteFailure.NotFound, false)]
    [InlineData(410, RemoteFailure.NotFound, false)]
    [InlineData(400, RemoteFailure.Refused, false)]
    [InlineData(413, RemoteFailure.Refused, false)]
    [InlineData(204, RemoteFailure.Refused, false)]
    [InlineData(304, RemoteFailure.Refused, false)]
    [InlineData(429, RemoteFailure.Throttled, true)]
    [InlineData(500, RemoteFailure.Unavailable, true)]
    [InlineData(503, RemoteFailure.Unavailable, true)]
    public async Task A_status_is_a_reason_at_every_stage(int status, RemoteFailure reason, bool isTransient)
    {
        var failures = await FailuresAsync(FakeAnswer.Raw(FakeAnswer.Bytes(status, "text/plain", [])), At);

        Assert.All(failures, failure => Assert.Equal((reason, isTransient), (failure.Failure, failure.IsTransient)));
        Assert.All(failures, failure => Assert.Contains($"HTTP {status}", failure.Message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Retry-After: 7", 7)]
    [InlineData("Retry-After: Sat, 31 Jan 2026 10:01:00 GMT", 60)]
    // The time is over: now, not before now.
    [InlineData("Retry-After: Sat, 31 Jan 2026 09:00:00 GMT", 0)]
    [InlineData("Retry-After: soon", null)]
    [InlineData("Retry-After: -5", null)]
    [InlineData("Retry-After: 99999999999999999999", null)]
    public async Task A_server_says_how_long_it_wants_to_be_left_alone(string header, int? seconds)
    {
        var failures = await FailuresAsync(FakeAnswer.Status(429, "Date: Sat, 31 Jan 2026 10:00:00 GMT", header), At);

        Assert.All(failures, failure => Assert.Equal(seconds, failure.RetryAfter?.TotalSeconds));
    }

    [Theory]
    [InlineData("text/html", "<!DOCTYPE html>\n<title>Sign in</title>\n")]
    [InlineData("application/x-git-upload-archive-result", "0000")]
    [InlineData("nonsense", "0000")]
    [InlineData("", "0000")]
    public async Task A_page_in_the_way_is_not_Git(string type, string body)
    {
        var failures = await FailuresAsync(FakeAnswer.Ok(type, Wire.Bytes(body)), At);

        Assert.All(failures, failure => Assert.Equal(RemoteFailure.NotGit, failure.Failure));
        Assert.All(failures, failure => Assert.Contains("is this the URL of a Git repository?", failure.Message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Type: {0}\r\nTransfer-Encoding: chunked\r\n\r\n\u001b[31mzzz\r\n", RemoteFailure.Disconnected)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Type: {0}\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n",
        RemoteFailure.Disconnected)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Type: {0}\r\nContent-Length: 5\r\n\r\nzzzzz", RemoteFailure.Malformed)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Type: {0}\r\nContent-Length: 0\r\n\r\n", RemoteFailure.Disconnected)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Type: {0}\r\nContent-Encoding: br\r\nContent-Length: 5\r\n\r\nzzzzz", RemoteFailure.Malformed)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Type: {0}\r\nContent-Encoding: gzip\r\nContent-Length: 20\r\n\r\nthis is not a gzip!!",
        RemoteFailure.Malformed)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Type: {0}\r\nContent-Encoding: deflate\r\nContent-Length: 20\r\n\r\nthis is not a zlib!!",
        RemoteFailure.Malformed)]
    public async Task Bytes_that_make_no_sense_have_a_reason(string answer, RemoteFailure reason)
    {
        foreach (var (service, ask) in Services)
        {
            await using var server = new FakeServer(FakeAnswer.Raw(Wire.Bytes(answer.Replace("{0}", service, StringComparison.Ordinal))));

            var failure = await Assert.ThrowsAsync<RemoteException>(() => ask(At(server.Url)).WaitAsync(Deadline));

            Assert.Equal(reason, failure.Failure);
            Assert.DoesNotContain(failure.Message, char.IsControl);
        }
    }

    [Theory]
    [InlineData("\u001b[31mSSH-2.0-OpenSSH\r\n\r\n")]
    [InlineData("HTTP/1.1 2x0 OK\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nno colon\u001b\r\n\r\n")]
    [InlineData("0006a\n0000")]
    public async Task What_is_not_HTTP_has_a_reason(string answer)
    {
        var failures = await FailuresAsync(FakeAnswer.Cut(Wire.Bytes(answer), answer.Length), At);

        Assert.All(
            failures, failure => Assert.True(failure.Failure is RemoteFailure.Malformed or RemoteFailure.Disconnected, failure.ToString()));
    }

    [Fact]
    public async Task Answers_one_byte_at_a_time_are_the_same()
    {
        await using var server = new FakeServer(
            FakeAnswer.InTurn([.. ((byte[][])[Listing, Pack, Target, Report]).Select(FakeAnswer.Trickle)]));

        Assert.Equal("PACK and so on", await FetchAsync(At(server.Url)));
        Assert.True((await PushAsync(At(server.Url), Push)).Accepted(RefName.Parse("refs/heads/main")));
    }

    [Fact]
    public async Task Answers_may_be_compressed()
    {
        var lines = Wire.Of($"{Wire.A} HEAD symref-target:refs/heads/main\n", $"{Wire.A} refs/heads/main\n", Wire.Flush);
        using var compressed = new MemoryStream();
        await using (var gzip = new GZipStream(compressed, CompressionLevel.Optimal, leaveOpen: true))
        {
            await gzip.WriteAsync(lines);
        }
        var answer = FakeAnswer.Bytes(200, "application/x-git-upload-pack-result", compressed.ToArray(), "Content-Encoding: gzip");
        await using var server = new FakeServer(FakeAnswer.Raw(answer));
        await using var remote = At(server.Url).Read();

        Assert.Equal("sha1 HEAD:main HEAD=a main=a", (await ListAsync(remote)).Summary());
    }

    [Theory]
    [InlineData(5, false)]
    [InlineData(500, true)]
    public async Task Large_requests_are_compressed_as_git_does(int count, bool isCompressed)
    {
        var acknowledgments = Result("upload-pack", "acknowledgments\n", Wire.Flush);
        await using var server = new FakeServer(
            FakeAnswer.InTurn(FakeAnswer.Raw(Listing), FakeAnswer.Raw(acknowledgments), FakeAnswer.Raw(Pack)));
        await using var remote = At(server.Url).Read();
        await ListAsync(remote);
        var haves = Enumerable.Range(0, count).Select(i => ObjectId.Parse(i.ToString("x40", CultureInfo.InvariantCulture))).ToList();

        await remote.FetchAsync(new FetchRequest([ObjectId.Parse(Wire.A)], haves), CancellationToken.None);

        var request = server.Requests[1];
        Assert.Equal(isCompressed ? "gzip" : null, request.Headers.GetValueOrDefault("Content-Encoding"));
        Assert.Equal("application/x-git-upload-pack-request", request.Headers["Content-Type"]);
        using var body = new MemoryStream();
        await using Stream plain =
            isCompressed ? new GZipStream(new MemoryStream(request.Body), CompressionMode.Decompress) : new MemoryStream(request.Body);
        await plain.CopyToAsync(body);
        Assert.Contains($"have {haves[^1]}", Wire.Text(body.ToArray()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_that_does_not_resolve_is_final_and_a_port_that_is_closed_is_not()
    {
        var unknown = await Assert.ThrowsAsync<RemoteException>(() => FetchAsync(At("http://nosuch.invalid/a")));
        var server = new FakeServer(FakeAnswer.HangUp());
        await server.DisposeAsync();
        var closed = await Assert.ThrowsAsync<RemoteException>(() => FetchAsync(At(server.Url)));

        Assert.Equal((RemoteFailure.Unreachable, false), (unknown.Failure, unknown.IsTransient));
        Assert.Equal((RemoteFailure.Unreachable, true), (closed.Failure, closed.IsTransient));
    }

    [Fact]
    public async Task A_certificate_that_nobody_vouches_for_is_final()
    {
        var apache = await ApacheServer.SharedAsync();
        var repository = await GitRepository.CreateAsync();

        var failure = await Assert.ThrowsAsync<RemoteException>(() => FetchAsync(At(apache.TlsUrl(repository))));

        Assert.Equal((RemoteFailure.Unreachable, false), (failure.Failure, failure.IsTransient));
        Assert.Contains("certificate", failure.Message, StringComparison.Ordinal);
    }

    private static Remote At(string url) => Remote.At($"{url}/a.git");

    private static readonly (string Type, Func<Remote, Task> Ask)[] Services =
    [
        ("application/x-git-upload-pack-result", async remote =>
        {
            // The long way round asks for another type, and would hide what is wrong with this one.
            await using var upload = remote.Read();
            await upload.FetchAsync(new FetchRequest([ObjectId.Parse(Wire.A)], []), CancellationToken.None);
        }),
        ("application/x-git-receive-pack-advertisement", remote => PushAsync(remote, Push)),
    ];
}
