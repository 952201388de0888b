using Mirror.Mirroring.Tests.Sync;
using Mirror.Tests.Servers;

namespace Mirror.Mirroring.Tests.Partition;

/// <summary>
/// Connections cut anywhere, on either side: no half bundle is ever named, no ref lacks its objects, and the next run converges.
/// </summary>
public sealed class ConnectionTests
{
    private const int Seed = 41;

    [Fact]
    public async Task A_source_that_is_cut_off_anywhere_leaves_the_bucket_as_it_was()
    {
        var (fixture, apache) = (await CreateAsync(), await ApacheServer.SharedAsync());
        var random = new Random(Seed);
        for (var round = 0; round < 10; round++)
        {
            await ChangeAsync(fixture, random, round);
            var before = await fixture.ObjectsAsync();
            var (direction, after) = (random.Next(2) == 0 ? Direction.Upstream : Direction.Downstream, random.Next(1, 5_000));
            await using var proxy = new FaultProxy(apache.Port, Fault.Cut(direction, after));

            var outcome = await fixture.ProduceAsync(
                fixture.ProduceRequest() with { Source = Remotes.Url(proxy.Url(apache.Url(fixture.Source, Route.Git))) });

            var context = $"seed {Seed}, round {round}, {direction} after {after}: {outcome.Error?.Message}";
            Assert.True(proxy.CutCount > 0 ? outcome.IsGood || outcome.Kind == OutcomeKind.Failed : outcome.IsGood, context);
            Assert.True(outcome.IsGood || before.SequenceEqual(await fixture.ObjectsAsync()), context);
            await fixture.CarryAsync();
            await fixture.AssertEqualAsync();
            ChainTests.AssertContiguous((await fixture.HeadAsync()).State);
        }
    }

    [Fact]
    public async Task A_target_that_is_cut_off_anywhere_stays_sound()
    {
        var (fixture, apache) = (await CreateAsync(), await ApacheServer.SharedAsync());
        var random = new Random(Seed);
        for (var round = 0; round < 10; round++)
        {
            await ChangeAsync(fixture, random, round);
            PartitionFixture.AssertGood(await fixture.ProduceAsync());
            var (direction, after) = (random.Next(2) == 0 ? Direction.Upstream : Direction.Downstream, random.Next(1, 5_000));
            await using var proxy = new FaultProxy(apache.Port, Fault.Cut(direction, after));

            var outcome = await fixture.ConsumeAsync(
                fixture.ConsumeRequest() with { Target = Remotes.Url(proxy.Url(apache.Url(fixture.Target, Route.Git))) });

            var context = $"seed {Seed}, round {round}, {direction} after {after}: {outcome.Error?.Message}";
            Assert.True(proxy.CutCount > 0 ? outcome.IsGood || outcome.Kind == OutcomeKind.Failed : outcome.IsGood, context);
            await fixture.Target.FsckAsync();
            PartitionFixture.AssertGood(await fixture.ConsumeAsync());
            await fixture.AssertEqualAsync();
        }
    }

    private static async Task<PartitionFixture> CreateAsync() => new()
    {
        Source = await GitRepository.CreateAsync("source"),
        Target = await GitRepository.CreateAsync("target"),
        RemoteTime = new HastyTime(),
    };

    private static Task<string> ChangeAsync(PartitionFixture fixture, Random random, int round) =>
        fixture.Source.CommitAsync("main", Enumerable.Range(0, 20).Select(i => ($"f{i}", $"{round} {random.NextInt64()}")));
}
