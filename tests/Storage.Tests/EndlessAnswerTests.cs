using System.Text;
using Mirror.Tests.Servers;

namespace Mirror.Storage.Tests;

/// <summary>What a server can send that has no end, for every store that is asked over HTTP.</summary>
public abstract class EndlessAnswerTests
{
    protected static CancellationToken Late => new CancellationTokenSource(TimeSpan.FromMinutes(2)).Token;

    /// <summary>As much as a page of a listing may be.</summary>
    private protected abstract long LargestPage { get; }

    private protected abstract ObjectStore Open(FakeServer server, TimeProvider time);

    /// <summary>A page of a listing without objects, and where the next one begins.</summary>
    private protected abstract string PageBefore(string marker);

    /// <summary>More tags than any honest page has.</summary>
    private protected abstract (string Page, string Words) Tags { get; }

    [Fact]
    public async Task A_page_of_tags_alone_is_not_parsed()
    {
        await using var server = new FakeServer(Xml(Tags.Page));

        var failure = await FailsAsync(StorageFailure.Unavailable, server, ListAsync);

        Assert.EndsWith($": a page of a listing has {Tags.Words}", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a", "a")]
    [InlineData("a", "b", "a")]
    public async Task The_same_continuation_token_twice_is_an_error(params string[] tokens)
    {
        await using var server = new FakeServer(FakeAnswer.InTurn([.. tokens.Select(token => Xml(PageBefore(token)))]));

        var failure = await FailsAsync(StorageFailure.Unavailable, server, ListAsync);

        Assert.EndsWith(
            "a listing goes round in a circle: the same continuation token came twice", failure.Message, StringComparison.Ordinal);
        Assert.Equal(tokens.Length, server.Requests.Count);
    }

    [Fact]
    public async Task Pages_that_come_just_in_time_have_an_end()
    {
        var (time, count) = (new HandTime(), 0);
        await using var server = new FakeServer(async (request, stream, cancellation) =>
        {
            time.Advance(TimeSpan.FromSeconds(50));
            await Xml(PageBefore($"{++count}"))(request, stream, cancellation);
        });

        var failure = await Assert.ThrowsAsync<StorageException>(() => ListAsync(Open(server, time)));

        Assert.Equal(StorageFailure.Unavailable, failure.Failure);
        Assert.EndsWith("a listing is not complete after 30 minutes", failure.Message, StringComparison.Ordinal);
        Assert.Equal(36, server.Requests.Count);
    }

    /// <summary>A page that begins, and then repeats a piece for ever.</summary>
    private protected async Task AssertReadToTheLimitAsync(string beginning, string piece)
    {
        var endless = new EndlessAnswer(200, beginning, piece);
        await using var server = new FakeServer(endless.HandleAsync);

        var failure = await FailsAsync(StorageFailure.Unavailable, server, ListAsync);

        Assert.EndsWith($": an answer is longer than {LargestPage} bytes", failure.Message, StringComparison.Ordinal);
        Assert.Single(server.Requests);
        Assert.InRange(endless.Sent, 0, LargestPage + EndlessAnswer.Buffers);
    }

    /// <summary>An answer to a request that is no listing: it is a failure of that kind, and is not read for long.</summary>
    private protected async Task AssertGivenUpAsync(EndlessAnswer endless, StorageFailure expected, Func<ObjectStore, Task> action)
    {
        await using var server = new FakeServer(endless.HandleAsync);

        await FailsAsync(expected, server, action);

        Assert.InRange(endless.Sent, 0, EndlessAnswer.Buffers * server.Requests.Count);
    }

    private protected static Task ListAsync(ObjectStore store) => store.ListAsync("", Late).ToListAsync(Late).AsTask();

    private async Task<StorageException> FailsAsync(StorageFailure expected, FakeServer server, Func<ObjectStore, Task> action)
    {
        var failure = await Assert.ThrowsAsync<StorageException>(() => action(Open(server, TimeProvider.System)));
        Assert.Equal((expected, failure.Message), (failure.Failure, failure.Message));
        return failure;
    }

    private static FakeHandler Xml(string page) => FakeAnswer.Ok("application/xml", Encoding.UTF8.GetBytes(page));
}
