using Mirror.Git;
using Mirror.Tests.Servers;

namespace Mirror.Mirroring.Tests.Sync;

/// <summary>What is tried again, what is not, and for how long.</summary>
public sealed class RetryTests
{
    [Theory]
    [InlineData(401, "unauthorized")]
    [InlineData(403, "forbidden")]
    [InlineData(404, "not-found")]
    public async Task What_will_not_change_is_not_tried_again(int status, string reason)
    {
        await using var server = new FakeServer(FakeAnswer.Status(status));
        var pair = await SyncFixture.CreateAsync();
        var notes = new List<string>();

        var outcome = await new Broker(Remotes.Settings, new Random(1)).SyncAsync(
            pair.Request() with { Source = Remotes.Url($"{server.Url}/x.git") },
            new TransferMeter { Note = notes.Add }, CancellationToken.None);

        Assert.Equal(reason, outcome.Error?.Reason.Word);
        Assert.Empty(notes);
    }

    [Theory]
    [InlineData(429, "throttled")]
    [InlineData(503, "unavailable")]
    public async Task What_may_pass_is_tried_five_times(int status, string reason)
    {
        await using var server = new FakeServer(FakeAnswer.Status(status));
        var pair = await SyncFixture.CreateAsync();
        var notes = new List<string>();
        var settings = new RemoteSettings { Http = new HttpAccess(authorities: null), Time = new HastyTime() };

        var outcome = await new Broker(settings, new Random(1)).SyncAsync(
            pair.Request() with { Source = Remotes.Url($"{server.Url}/x.git") },
            new TransferMeter { Note = notes.Add }, CancellationToken.None);

        Assert.Equal(reason, outcome.Error?.Reason.Word);
        Assert.Equal(Backoff.MaxTries - 1, notes.Count);
    }

    [Fact]
    public void A_delay_is_at_least_what_the_server_asks_for_and_never_without_end()
    {
        var backoff = new Backoff(TimeProvider.System, new Random(1));
        Assert.Equal(TimeSpan.FromSeconds(90), backoff.Next(TimeSpan.FromSeconds(90)));
        Assert.Null(backoff.Next(TimeSpan.FromHours(1)));
        for (var seed = 0; seed < 100; seed++)
        {
            var delays = new Backoff(TimeProvider.System, new Random(seed));
            for (var ceiling = 1; ceiling <= 8; ceiling *= 2)
            {
                Assert.True(delays.Next(null) <= TimeSpan.FromSeconds(ceiling), $"seed {seed}");
            }
            Assert.Null(delays.Next(null));
        }
    }

    [Fact]
    public async Task A_connection_that_is_cut_in_a_push_is_taken_up_again()
    {
        var pair = await SyncFixture.CreateAsync();
        await pair.Source.CommitAsync("main", Enumerable.Range(0, 50).Select(i => ($"f{i}", Guid.NewGuid().ToString())));
        var apache = await ApacheServer.SharedAsync();
        await using var proxy = new FaultProxy(apache.Port, Fault.CutOnce(Direction.Upstream, 2_000));
        var settings = new RemoteSettings { Http = new HttpAccess(authorities: null), Time = new HastyTime() };

        var outcome = await pair.SyncAsync(
            pair.Request() with { Target = Remotes.Url(proxy.Url(apache.Url(pair.Target, Route.Git))) }, settings);

        Assert.Equal((OutcomeKind.Updated, 1), (outcome.Kind, proxy.CutCount));
        await pair.AssertEqualAsync();
    }
}
