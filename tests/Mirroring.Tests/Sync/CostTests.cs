using Mirror.Tests.Servers;

namespace Mirror.Mirroring.Tests.Sync;

/// <summary>What a run costs, in requests and bytes: counted by a real server's log, so that no noise of a machine is in it.</summary>
public sealed class CostTests
{
    [Fact]
    public async Task Nothing_to_do_costs_two_requests()
    {
        var (pair, apache) = (await SyncFixture.CreateAsync(), await ApacheServer.SharedAsync());
        await pair.Source.CommitAsync("main", "a.txt", "one\n");
        await pair.SyncAsync();

        await pair.SyncAsync(OverHttp(pair, apache));

        Assert.Equal(["POST"], (await apache.RequestsAsync(pair.Source)).Select(request => request.Method));
        Assert.Equal(["GET"], (await apache.RequestsAsync(pair.Target)).Select(request => request.Method));
    }

    [Fact]
    public async Task One_line_in_a_large_file_costs_five_requests_and_a_small_pack()
    {
        var (pair, apache) = (await SyncFixture.CreateAsync(), await ApacheServer.SharedAsync());
        var random = new Random(7);
        var text = string.Concat(Enumerable.Range(0, 100_000).Select(_ => $"{random.NextInt64()} {random.NextInt64()}\n"));
        await pair.Source.CommitAsync("main", "large.txt", text);
        await pair.SyncAsync();
        await pair.Source.CommitAsync("main", "large.txt", text + "one more line\n");

        var before = pair.Meter.Bytes;
        var outcome = await pair.SyncAsync(OverHttp(pair, apache));

        Assert.Equal(new RefCounts(0, 1, 0, 0), outcome.Refs);
        Assert.InRange(outcome.Bytes - before, 1, 10_000);
        Assert.Equal(["POST", "POST"], (await apache.RequestsAsync(pair.Source)).Select(request => request.Method));
        // The last one is the look back: what the target has, and not what it reports, is the proof.
        Assert.Equal(["GET", "POST", "GET"], (await apache.RequestsAsync(pair.Target)).Select(request => request.Method));
        await pair.AssertEqualAsync();
    }

    [Fact]
    public async Task Hidden_refs_are_never_asked_for()
    {
        var (pair, apache) = (await SyncFixture.CreateAsync(), await ApacheServer.SharedAsync());
        var tip = await pair.Source.CommitAsync("main", "a.txt", "one\n");
        for (var i = 0; i < 200; i++)
        {
            await pair.Source.SetRefAsync($"refs/pull/{i}/head", tip);
        }

        await pair.SyncAsync(OverHttp(pair, apache));

        Assert.Equal(["refs/heads/main"], (await pair.Target.RefsAsync()).Keys);
        Assert.All(await apache.RequestsAsync(pair.Source), request => Assert.InRange(request.SizeOut, 0, 3_000));
    }

    private static SyncRequest OverHttp(SyncFixture pair, ApacheServer apache) => pair.Request() with
    {
        Source = Remotes.Url(apache.Url(pair.Source, Route.Git)),
        Target = Remotes.Url(apache.Url(pair.Target, Route.Git)),
    };
}
