using System.Net;
using System.Text;
using Mirror.Tests.Servers;

namespace Mirror.Git.Tests.Servers;

public class FaultTests
{
    private static readonly byte[] Answer = FakeAnswer.Bytes(200, "text/plain", "hello\n"u8);

    private static readonly TimeSpan WaitLimit = TimeSpan.FromSeconds(20);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_fake_server_records_what_it_was_asked(bool chunked)
    {
        await using var server = new FakeServer(FakeAnswer.InTurn(FakeAnswer.Status(429, "Retry-After: 1"), FakeAnswer.Trickle(Answer)));
        using var client = new HttpClient { Timeout = WaitLimit };

        var statuses = new List<HttpStatusCode>();
        for (var i = 0; i < 2; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, $"{server.Url}/a?b={i}") { Content = new StringContent("body") };
            request.Headers.TransferEncodingChunked = chunked;
            using var answer = await client.SendAsync(request);
            statuses.Add(answer.StatusCode);
        }

        Assert.Equal([HttpStatusCode.TooManyRequests, HttpStatusCode.OK], statuses);
        Assert.Equal(["POST /a?b=0", "POST /a?b=1"], server.Requests.Select(request => request.ToString()));
        Assert.All(server.Requests, request => Assert.Equal(chunked, request.IsChunked));
        Assert.All(server.Requests, request => Assert.Equal("body", Encoding.UTF8.GetString(request.Body)));
    }

    [Fact]
    public async Task A_fake_server_answers_in_chunks()
    {
        await using var server = new FakeServer(FakeAnswer.Raw(FakeAnswer.ChunkedBytes("text/plain", "hel"u8.ToArray(), "lo"u8.ToArray())));
        using var client = new HttpClient { Timeout = WaitLimit };

        Assert.Equal("hello", await client.GetStringAsync(new Uri(server.Url)));
    }

    [Fact]
    public async Task A_fake_server_hangs_up_at_every_point_of_an_answer()
    {
        using var client = new HttpClient { Timeout = WaitLimit };
        for (var size = 0; size < Answer.Length; size++)
        {
            await using var server = new FakeServer(FakeAnswer.Cut(Answer, size));
            await Assert.ThrowsAsync<HttpRequestException>(() => client.GetStringAsync(new Uri(server.Url)));
        }
    }

    [Fact]
    public async Task A_fake_server_hangs_up_before_the_body_or_resets_or_stalls()
    {
        FakeHandler reset = (request, _, _) =>
        {
            request.Reset();
            return Task.CompletedTask;
        };
        await using var server = new FakeServer(FakeAnswer.InTurn(FakeAnswer.HangUp(), reset, FakeAnswer.Stall()));
        using var client = new HttpClient { Timeout = WaitLimit };
        using var impatient = new HttpClient { Timeout = TimeSpan.FromMilliseconds(200) };

        await Assert.ThrowsAsync<HttpRequestException>(() => client.PostAsync(new Uri(server.Url), new StringContent("body")));
        await Assert.ThrowsAsync<HttpRequestException>(() => client.PostAsync(new Uri(server.Url), new StringContent("body")));
        await Assert.ThrowsAsync<TaskCanceledException>(() => impatient.GetStringAsync(new Uri(server.Url)));
    }

    [Theory]
    [InlineData(Direction.Upstream)]
    [InlineData(Direction.Downstream)]
    public async Task A_real_dialogue_can_be_cut_anywhere(Direction direction)
    {
        var (apache, repository) = await StartAsync();
        var size = await MeasureAsync(apache, repository, direction);
        // Not near the end: the size differs by some bytes from one run to the next, with how Apache cuts the answer into chunks.
        for (var after = 0L; after < size * 3 / 4; after += size / 10)
        {
            await using var proxy = new FaultProxy(apache.Port, Fault.Cut(direction, after));
            var result = await GitCommand.Of("ls-remote", proxy.Url(apache.Url(repository))).TryRunAsync();
            Assert.True(result.ExitCode != 0, $"cut {direction} after {after} of {size}");
            Assert.NotEqual(0, proxy.CutCount);
        }
    }

    [Fact]
    public async Task A_flipped_bit_reaches_the_other_side()
    {
        var (apache, repository) = await StartAsync();
        // The H of HTTP/1.1 becomes an I.
        await using var proxy = new FaultProxy(apache.Port, Fault.Flip(Direction.Downstream, at: 0));

        var result = await GitCommand.Of("ls-remote", proxy.Url(apache.Url(repository))).TryRunAsync();

        Assert.NotEqual(0, result.ExitCode);
    }

    [Fact]
    public async Task A_cut_that_happens_once_lets_the_next_attempt_through()
    {
        var (apache, repository) = await StartAsync();
        await using var proxy = new FaultProxy(apache.Port, Fault.CutOnce(Direction.Downstream, after: 50));
        var list = GitCommand.Of("ls-remote", proxy.Url(apache.Url(repository)));

        Assert.NotEqual(0, (await list.TryRunAsync()).ExitCode);
        Assert.Equal(0, (await list.TryRunAsync()).ExitCode);
        Assert.Equal(1, proxy.CutCount);
    }

    [Fact]
    public async Task Ssh_goes_through_the_proxy_too()
    {
        var ssh = await SshServer.SharedAsync();
        var repository = await GitRepository.CreateAsync();
        await using var proxy = new FaultProxy(ssh.Port);
        var list = GitCommand.Of("ls-remote", proxy.Url(ssh.Url(repository))) with
        {
            Environment = new() { ["GIT_SSH_COMMAND"] = ssh.Command },
        };

        await list.RunAsync();

        Assert.InRange(proxy.UpstreamSize, 1000, 10_000);
    }

    private static async Task<(ApacheServer Apache, GitRepository Repository)> StartAsync()
    {
        var repository = await GitRepository.CreateAsync();
        await repository.CommitAsync("main", "a.txt", "one\n");
        return (await ApacheServer.SharedAsync(), repository);
    }

    private static async Task<long> MeasureAsync(ApacheServer apache, GitRepository repository, Direction direction)
    {
        await using var proxy = new FaultProxy(apache.Port);
        await GitCommand.RunAsync(Scratch.Root, "ls-remote", proxy.Url(apache.Url(repository)));
        return direction == Direction.Upstream ? proxy.UpstreamSize : proxy.DownstreamSize;
    }
}
