using System.Text.Json.Nodes;
using Mirror.Tests.Servers;

namespace Mirror.Mirroring.Tests.Partition;

/// <summary>
/// What a producer or a consumer leaves that dies at any step: the next run goes on, and nothing that was promised is taken back.
/// </summary>
public sealed class CrashTests
{
    /// <summary>The last thing that a producer wrote.</summary>
    public enum LastStep
    {
        Upload,
        Ledger,
        Head,
    }

    [Theory]
    [InlineData(LastStep.Upload, false)]
    [InlineData(LastStep.Upload, true)]
    [InlineData(LastStep.Ledger, false)]
    [InlineData(LastStep.Ledger, true)]
    [InlineData(LastStep.Head, false)]
    [InlineData(LastStep.Head, true)]
    public async Task A_producer_that_died_after_a_step_is_made_up_for(LastStep last, bool hasMoved)
    {
        var fixture = await PartitionFixture.CreateAsync();
        fixture.Policy = PartitionFixture.DeltasOnly;
        await fixture.Source.CommitAsync("main", "a.txt", "one\n");
        await fixture.CarryAsync();
        await fixture.Source.CommitAsync("main", "a.txt", "two\n");

        await DieAsync(fixture, last);
        var promised = await PromisedAsync(fixture);
        PartitionFixture.AssertGood(await fixture.ConsumeAsync());
        if (hasMoved)
        {
            await fixture.Source.CommitAsync("main", "a.txt", "three\n");
        }
        await ConvergeAsync(fixture, promised);

        var head = (await fixture.HeadAsync()).State;
        Assert.Equal((1L, hasMoved && last != LastStep.Upload ? 3L : 2L), (head.Generation, head.Sequence));
        await fixture.Source.CommitAsync("main", "a.txt", "four\n");
        await fixture.CarryAsync();
        await fixture.AssertEqualAsync();
    }

    [Theory]
    [InlineData(LastStep.Upload)]
    [InlineData(LastStep.Ledger)]
    [InlineData(LastStep.Head)]
    public async Task A_producer_that_died_in_its_very_first_run_is_made_up_for(LastStep last)
    {
        var fixture = await PartitionFixture.CreateAsync();
        await fixture.Source.CommitAsync("main", "a.txt", "one\n");

        await DieAsync(fixture, last);
        await ConvergeAsync(fixture, last == LastStep.Head ? await PromisedAsync(fixture) : new Dictionary<string, byte[]>());

        await fixture.Source.CommitAsync("main", "a.txt", "two\n");
        await fixture.CarryAsync();
        await fixture.AssertEqualAsync();
    }

    [Theory]
    [InlineData(LastStep.Upload, OutcomeKind.Updated)]
    [InlineData(LastStep.Ledger, OutcomeKind.Unchanged)]
    public async Task The_first_head_that_tells_of_a_bundle_is_new_whichever_run_wrote_the_bundle(LastStep last, OutcomeKind kind)
    {
        var fixture = await PartitionFixture.CreateAsync();
        await fixture.Source.CommitAsync("main", "a.txt", "one\n");
        await DieAsync(fixture, last);

        List<MirrorOutcome> outcomes = [await fixture.ProduceAsync(), await fixture.ProduceAsync()];
        // The next head says only that the producer lives.
        fixture.Time.Shift = fixture.Policy.Heartbeat;
        outcomes.Add(await fixture.ProduceAsync());

        Assert.Equal([(kind, true), (OutcomeKind.Unchanged, false), (OutcomeKind.Unchanged, false)],
            outcomes.Select(outcome => (outcome.Kind, outcome.HasNewHead)));
    }

    [Fact]
    public async Task A_producer_that_dies_again_and_again_converges_once_it_lives()
    {
        var fixture = await PartitionFixture.CreateAsync();
        await fixture.Source.CommitAsync("main", "a.txt", "0\n");
        await fixture.CarryAsync();
        var random = new Random(31);
        for (var round = 1; round <= 12; round++)
        {
            await fixture.Source.CommitAsync("main", "a.txt", $"{round / 2}{random.Next()}\n");
            var promised = await PromisedAsync(fixture);
            await DieAsync(fixture, (LastStep)random.Next(3));
            await AssertKeptAsync(fixture, promised);
            if (random.Next(3) == 0)
            {
                PartitionFixture.AssertGood(await fixture.ConsumeAsync());
                await fixture.Target.FsckAsync();
            }
        }
        await ConvergeAsync(fixture, await PromisedAsync(fixture));
    }

    [Fact]
    public async Task What_dead_uploads_left_is_no_hindrance_and_is_cleared_away()
    {
        var fixture = await PartitionFixture.ProducedAsync(1);
        var uploads = Directory.GetDirectories(fixture.BucketPath, "uploads", SearchOption.AllDirectories).Single();
        var left = Path.Combine(uploads, $"{Guid.NewGuid():N}");
        await File.WriteAllTextAsync(left, "half a bundle");
        await fixture.Source.CommitAsync("main", "a.txt", "two\n");
        await fixture.ProduceAsync();
        Assert.True(File.Exists(left));

        fixture.Time.Shift = TimeSpan.FromDays(2);
        await fixture.Source.CommitAsync("main", "a.txt", "three\n");
        await fixture.ProduceAsync();

        Assert.False(File.Exists(left));
        PartitionFixture.AssertGood(await fixture.ConsumeAsync());
        await fixture.AssertEqualAsync();
    }

    [Fact]
    public async Task What_a_dead_run_uploaded_is_deleted_after_the_retention()
    {
        var fixture = await PartitionFixture.ProducedAsync(1);
        fixture.Policy = PartitionFixture.DeltasOnly;
        await fixture.Source.CommitAsync("main", "a.txt", "two\n");
        await DieAsync(fixture, LastStep.Upload);
        await fixture.Source.CommitAsync("main", "a.txt", "three\n");
        await fixture.ProduceAsync();
        Assert.Equal(4, (await fixture.ObjectsAsync()).Count);

        fixture.Time.Shift = TimeSpan.FromDays(8);
        await fixture.ProduceAsync();

        Assert.Equal(3, (await fixture.ObjectsAsync()).Count);
        PartitionFixture.AssertGood(await fixture.ConsumeAsync());
        await fixture.AssertEqualAsync();
    }

    [Fact]
    public async Task A_consumer_that_died_after_its_push_finds_that_all_is_done()
    {
        var fixture = await PartitionFixture.StepAsync();
        var before = await SnapshotAsync(fixture.FarPath);
        PartitionFixture.AssertGood(await fixture.ConsumeAsync());
        await RestoreAsync(before, fixture.FarPath);

        var outcome = await fixture.ConsumeAsync(fixture.ConsumeRequest() with { Diverged = Diverged.Refuse });

        Assert.Equal((OutcomeKind.Unchanged, 2L, (BundleKind?)null), (outcome.Kind, outcome.Sequence, outcome.Bundle));
        await fixture.AssertEqualAsync();
    }

    [Fact]
    public async Task A_consumer_that_died_between_two_bundles_goes_on_with_the_second()
    {
        var fixture = await PartitionFixture.CreateAsync();
        fixture.Policy = PartitionFixture.DeltasOnly;
        await fixture.Source.CommitAsync("main", "a.txt", "one\n");
        await fixture.CarryAsync();
        var before = await SnapshotAsync(fixture.FarPath);
        await fixture.Source.CommitAsync("main", "a.txt", "two\n");
        await fixture.CarryAsync();
        await RestoreAsync(before, fixture.FarPath);
        await fixture.Source.CommitAsync("main", "a.txt", "three\n");
        await fixture.ProduceAsync();
        await fixture.DeleteAsync((await fixture.HeadAsync()).State.Chain[1].Key);

        var outcome = await fixture.ConsumeAsync(fixture.ConsumeRequest() with { Diverged = Diverged.Refuse });

        Assert.Equal((OutcomeKind.Updated, 3L, BundleKind.Delta), (outcome.Kind, outcome.Sequence, outcome.Bundle));
        await fixture.AssertEqualAsync();
    }

    /// <summary>Produces, and puts back what a producer that died after this step would not have written.</summary>
    private static async Task DieAsync(PartitionFixture fixture, LastStep last)
    {
        var (near, headFile) = (await SnapshotAsync(fixture.NearPath), Path.Combine(fixture.BucketPath, fixture.HeadKey));
        var head = await SnapshotAsync(headFile);
        PartitionFixture.AssertGood(await fixture.ProduceAsync());
        if (last < LastStep.Head)
        {
            await RestoreAsync(head, headFile);
        }
        if (last == LastStep.Upload)
        {
            await RestoreAsync(near, fixture.NearPath);
            return;
        }
        var file = Path.Combine(fixture.NearPath, ProducerLedger.Key(fixture.Name));
        var ledger = JsonNode.Parse(await File.ReadAllTextAsync(file))!;
        var old = near is null ? null : JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(near, ProducerLedger.Key(fixture.Name))))!;
        ledger["published"] = old?["published"]?.DeepClone();
        await File.WriteAllTextAsync(file, ledger.ToJsonString());
    }

    private static async Task ConvergeAsync(PartitionFixture fixture, IReadOnlyDictionary<string, byte[]> promised)
    {
        PartitionFixture.AssertGood(await fixture.ProduceAsync());
        await AssertKeptAsync(fixture, promised);
        ChainTests.AssertContiguous((await fixture.HeadAsync()).State);
        PartitionFixture.AssertGood(await fixture.ConsumeAsync());
        await fixture.AssertEqualAsync();
        Assert.Equal(
            (OutcomeKind.Unchanged, OutcomeKind.Unchanged), ((await fixture.ProduceAsync()).Kind, (await fixture.ConsumeAsync()).Kind));
    }

    /// <summary>The objects that the head in the bucket names, with their content.</summary>
    private static async Task<IReadOnlyDictionary<string, byte[]>> PromisedAsync(PartitionFixture fixture)
    {
        var promised = new Dictionary<string, byte[]>();
        foreach (var entry in (await fixture.HeadAsync()).State.Chain)
        {
            promised.Add(entry.Key, await fixture.ReadAsync(entry.Key));
        }
        return promised;
    }

    private static async Task AssertKeptAsync(PartitionFixture fixture, IReadOnlyDictionary<string, byte[]> promised)
    {
        foreach (var (key, bytes) in promised)
        {
            Assert.Equal(bytes, await fixture.ReadAsync(key));
        }
    }

    /// <summary>A copy with all its times, or null of nothing.</summary>
    private static async Task<string?> SnapshotAsync(string path)
    {
        if (!Path.Exists(path))
        {
            return null;
        }
        var copy = Path.Combine(Scratch.NewFolder("snapshot"), "copy");
        await new Command("cp", "-a", path, copy).RunAsync();
        return copy;
    }

    private static async Task RestoreAsync(string? copy, string path)
    {
        await new Command("rm", "-rf", path).RunAsync();
        if (copy is not null)
        {
            await new Command("cp", "-a", copy, path).RunAsync();
        }
    }
}
