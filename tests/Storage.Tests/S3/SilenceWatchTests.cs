using Mirror.Storage.S3;
using Mirror.Tests.Servers;

namespace Mirror.Storage.Tests.S3;

/// <summary>How long an upload is left to a server that takes nothing, or says nothing.</summary>
public sealed class SilenceWatchTests
{
    private static readonly TimeSpan Almost = SilenceWatch.Patience - TimeSpan.FromSeconds(1);

    private readonly HandTime _time = new();

    [Fact]
    public async Task An_upload_that_moves_however_slowly_is_left_alone()
    {
        var content = new byte[10 * 64 * 1024];
        using var client = Client(async (request, cancellation) =>
        {
            await request.Content!.CopyToAsync(new Slow(() => _time.Advance(Almost)), cancellation);
            _time.Advance(Almost);
            cancellation.ThrowIfCancellationRequested();
        });

        using var answer = await client.PutAsync(new Uri("http://s3.example/a"), new ByteArrayContent(content));

        Assert.True(answer.IsSuccessStatusCode);
        Assert.True(_time.GetTimestamp() > TimeSpan.FromMinutes(9).Ticks);
    }

    [Fact]
    public async Task One_of_which_nothing_is_taken_any_more_is_given_up()
    {
        var count = 0;
        using var client = Client((request, cancellation) => request.Content!.CopyToAsync(
            new Slow(() => _time.Advance(++count < 3 ? Almost : SilenceWatch.Patience)), cancellation));

        var failure = await Assert.ThrowsAsync<TaskCanceledException>(
            () => client.PutAsync(new Uri("http://s3.example/a"), new ByteArrayContent(new byte[1_000_000])));

        var silence = Assert.IsType<TimeoutException>(failure.InnerException);
        Assert.Equal("the server accepted no bytes and sent no answer for 60 s", silence.Message);
        Assert.Equal(3, count);
    }

    [Fact]
    public async Task One_that_is_taken_whole_and_not_answered_is_given_up()
    {
        using var client = Client(async (request, cancellation) =>
        {
            await request.Content!.CopyToAsync(Stream.Null, cancellation);
            _time.Advance(SilenceWatch.Patience);
            cancellation.ThrowIfCancellationRequested();
        });

        var failure = await Assert.ThrowsAsync<TaskCanceledException>(
            () => client.PutAsync(new Uri("http://s3.example/a"), new ByteArrayContent(new byte[10])));

        Assert.IsType<TimeoutException>(failure.InnerException);
    }

    [Fact]
    public async Task What_sends_no_object_has_the_time_that_it_had()
    {
        using var client = Client((_, cancellation) =>
        {
            _time.Advance(SilenceWatch.Patience * 3);
            cancellation.ThrowIfCancellationRequested();
            return Task.CompletedTask;
        });

        using var answer = await client.PostAsync(new Uri("http://s3.example/a?uploadId=1"), new ByteArrayContent(new byte[10]));

        Assert.True(answer.IsSuccessStatusCode);
    }

    [Fact]
    public async Task Whoever_cancels_hears_of_that_and_of_no_silence()
    {
        using var stop = new CancellationTokenSource();
        using var client = Client(async (_, cancellation) =>
        {
            await stop.CancelAsync();
            cancellation.ThrowIfCancellationRequested();
        });

        var failure = await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => client.PutAsync(new Uri("http://s3.example/a"), new ByteArrayContent(new byte[10]), stop.Token));

        Assert.IsNotType<TimeoutException>(failure.InnerException);
    }

    [Fact]
    public async Task A_real_server_that_reads_nothing_is_given_up_too()
    {
        await using var server = new FakeServer((_, _, cancellation) => Task.Delay(Timeout.Infinite, cancellation));
        using var client = new HttpClient(new SilenceWatch(_time) { InnerHandler = new SocketsHttpHandler() });

        await _time.SkipPausesAsync(
            () => Assert.ThrowsAsync<TaskCanceledException>(
                () => client.PutAsync(new Uri(server.Url), new ByteArrayContent(new byte[50_000_000]))),
            SilenceWatch.Patience);
    }

    private HttpClient Client(Func<HttpRequestMessage, CancellationToken, Task> serve) =>
        new(new SilenceWatch(_time) { InnerHandler = new Served(serve) });

    private sealed class Served(Func<HttpRequestMessage, CancellationToken, Task> serve) : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            await serve(request, cancellationToken);
            return new HttpResponseMessage();
        }
    }

    private sealed class Slow(Action pause) : MemoryStream
    {
        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            pause();
            cancellationToken.ThrowIfCancellationRequested();
            return ValueTask.CompletedTask;
        }
    }
}
