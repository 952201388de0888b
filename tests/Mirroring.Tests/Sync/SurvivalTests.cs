using Mirror.Git;
using Mirror.Tests.Servers;

namespace Mirror.Mirroring.Tests.Sync;

/// <summary>Connections cut anywhere, a full disk: the next run converges, and no ref ever lacks its objects.</summary>
public sealed class SurvivalTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Cut_anywhere_it_says_so_and_the_next_run_converges(bool isSource)
    {
        var apache = await ApacheServer.SharedAsync();
        var random = new Random(11);
        var pair = await SyncFixture.CreateAsync();
        for (var round = 0; round < 12; round++)
        {
            await pair.Source.CommitAsync("main", Enumerable.Range(0, 20).Select(i => ($"f{i}", $"{round} {random.NextInt64()}")));
            var (direction, after) = (random.Next(2) == 0 ? Direction.Upstream : Direction.Downstream, random.Next(1, 6_000));
            await using var proxy = new FaultProxy(apache.Port, Fault.Cut(direction, after));
            var (source, target) = (apache.Url(pair.Source, Route.Git), apache.Url(pair.Target, Route.Git));
            var request = pair.Request() with
            {
                Source = Remotes.Url(isSource ? proxy.Url(source) : source),
                Target = Remotes.Url(isSource ? target : proxy.Url(target)),
            };

            var outcome = await pair.SyncAsync(
                request, new RemoteSettings { Http = new HttpAccess(authorities: null), Time = new HastyTime() });

            // A cut that comes after all was done is none.
            var seed = $"round {round}, {direction} after {after}: {outcome.Error?.Message}";
            Assert.True(proxy.CutCount == 0 || outcome.Kind is OutcomeKind.Failed or OutcomeKind.Updated, seed);
            await pair.Target.FsckAsync();
            Assert.Null((await pair.SyncAsync()).Error);
            await pair.AssertEqualAsync();
        }
    }

    [Fact]
    public async Task A_full_disk_on_the_target_moves_nothing_and_is_named()
    {
        var pair = await SyncFixture.CreateAsync();
        var random = new Random(3);
        await pair.Source.CommitAsync("main", Enumerable.Range(0, 200).Select(i => ($"f{i}", $"{random.NextInt64()}{random.NextInt64()}")));
        // The far side of this "ssh" cannot write a file of more than 4 kB: what index-pack meets is what it meets on a full disk.
        var script = Path.Combine(Scratch.NewFolder("ssh"), "ssh");
        await File.WriteAllTextAsync(script, "#!/bin/sh\ntrap '' XFSZ\nulimit -f 8\nfor last; do :; done\nexec sh -c \"$last\"\n");
        await new Command("chmod", "+x", script).RunAsync();
        var settings = new RemoteSettings { Http = new HttpAccess(authorities: null), SshCommand = script };

        var outcome = await pair.SyncAsync(pair.Request() with { Target = Remotes.Url($"ssh://host{pair.Target.Path}") }, settings);

        Assert.Equal((OutcomeKind.Failed, "refused"), (outcome.Kind, outcome.Error?.Reason.Word));
        Assert.Contains("File too large", outcome.Error!.Message, StringComparison.Ordinal);
        Assert.Empty(await pair.Target.RefsAsync());
    }
}
