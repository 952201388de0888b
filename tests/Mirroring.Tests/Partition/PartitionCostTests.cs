using Mirror.Tests.Servers;

namespace Mirror.Mirroring.Tests.Partition;

/// <summary>What a run costs, in requests and bytes: counted by a real server's log and by the bucket itself.</summary>
public sealed class PartitionCostTests
{
    [Fact]
    public async Task One_commit_costs_three_requests_and_hardly_more_bytes_than_git_s_own_thin_pack()
    {
        var (fixture, apache) = (await PartitionFixture.CreateAsync(), await ApacheServer.SharedAsync());
        var random = new Random(7);
        var text = string.Concat(Enumerable.Range(0, 20_000).Select(_ => $"{random.NextInt64()} {random.NextInt64()}\n"));
        var before = await fixture.Source.CommitAsync("main", "large.txt", text);
        PartitionFixture.AssertGood(await fixture.ProduceAsync());
        await fixture.Source.CommitAsync("main", "large.txt", text + "one more line\n");

        var outcome = await fixture.ProduceAsync(OverHttp(fixture, apache));

        Assert.Equal(BundleKind.Delta, outcome.Bundle);
        Assert.InRange((await apache.RequestsAsync(fixture.Source)).Count, 1, 3);
        var thin = await new Command("git", "pack-objects", "--thin", "--revs", "--stdout", "--delta-base-offset", "-q")
        {
            Directory = fixture.Source.Path,
            Input = System.Text.Encoding.ASCII.GetBytes($"main\n^{before}\n"),
        }.TryRunAsync();
        Assert.Equal(0, thin.ExitCode);
        var size = (await fixture.HeadAsync()).State.Last.Size;
        Assert.Equal(outcome.Bytes, size);
        Assert.InRange(size, thin.Bytes.Length, thin.Bytes.Length + 1_000);
    }

    [Fact]
    public async Task Nothing_new_costs_the_producer_one_request_and_no_write()
    {
        var (fixture, apache) = (await PartitionFixture.ProducedAsync(1), await ApacheServer.SharedAsync());
        var before = await fixture.ObjectsAsync();
        var ledger = File.GetLastWriteTimeUtc(Path.Combine(fixture.NearPath, ProducerLedger.Key(fixture.Name)));

        var outcome = await fixture.ProduceAsync(OverHttp(fixture, apache));

        Assert.Equal(OutcomeKind.Unchanged, outcome.Kind);
        Assert.Equal(["POST"], (await apache.RequestsAsync(fixture.Source)).Select(request => request.Method));
        Assert.Equal(before, await fixture.ObjectsAsync());
        Assert.Equal(ledger, File.GetLastWriteTimeUtc(Path.Combine(fixture.NearPath, ProducerLedger.Key(fixture.Name))));
    }

    [Fact]
    public async Task Nothing_new_costs_the_consumer_one_request_and_no_read_of_any_object()
    {
        var (fixture, apache) = (await PartitionFixture.ProducedAsync(2), await ApacheServer.SharedAsync());
        PartitionFixture.AssertGood(await fixture.ConsumeAsync());
        // Files that are as they were for all who do not look inside.
        foreach (var file in new DirectoryInfo(fixture.BucketPath).EnumerateFiles("*.age", SearchOption.AllDirectories))
        {
            var written = file.LastWriteTimeUtc;
            await File.WriteAllBytesAsync(file.FullName, new byte[file.Length]);
            file.LastWriteTimeUtc = written;
        }
        var request = fixture.ConsumeRequest() with { Target = Remotes.Url(apache.Url(fixture.Target, Route.Git)) };

        var outcome = await fixture.ConsumeAsync(request);

        Assert.Equal((OutcomeKind.Unchanged, 2L), (outcome.Kind, outcome.Sequence));
        Assert.Equal(["GET"], (await apache.RequestsAsync(fixture.Target)).Select(request => request.Method));
    }

    private static ProduceRequest OverHttp(PartitionFixture fixture, ApacheServer apache) =>
        fixture.ProduceRequest() with { Source = Remotes.Url(apache.Url(fixture.Source, Route.Git)) };
}
