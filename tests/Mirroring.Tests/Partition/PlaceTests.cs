namespace Mirror.Mirroring.Tests.Partition;

/// <summary>Where a consumer finds itself in a chain, and which bundles it takes from there.</summary>
public sealed class PlaceTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_consumer_without_memory_knows_its_place_by_the_target_s_refs(int consumedAt)
    {
        var fixture = await LongChainAsync(consumedAt, total: 3);
        Directory.Delete(fixture.FarPath, recursive: true);
        await fixture.DeleteAsync((await fixture.HeadAsync()).State.Chain[0].Key);

        var outcome = await fixture.ConsumeAsync();

        Assert.Equal((OutcomeKind.Updated, BundleKind.Delta, 3L), (outcome.Kind, outcome.Bundle, outcome.Sequence));
        Assert.Contains("nothing is remembered", Assert.Single(outcome.Warnings), StringComparison.Ordinal);
        await fixture.AssertEqualAsync();
    }

    [Fact]
    public async Task A_consumer_without_memory_at_the_end_reads_no_bundle()
    {
        var fixture = await LongChainAsync(consumedAt: 3, total: 3);
        Directory.Delete(fixture.FarPath, recursive: true);
        foreach (var entry in (await fixture.HeadAsync()).State.Chain)
        {
            await fixture.DeleteAsync(entry.Key);
        }

        var outcome = await fixture.ConsumeAsync();

        Assert.Equal((OutcomeKind.Unchanged, (BundleKind?)null, 3L), (outcome.Kind, outcome.Bundle, outcome.Sequence));
    }

    [Fact]
    public async Task A_target_that_was_emptied_is_filled_again()
    {
        var fixture = await LongChainAsync(consumedAt: 3, total: 3);
        Directory.Delete(Path.Combine(fixture.Target.Path, "objects"), recursive: true);
        Directory.Delete(Path.Combine(fixture.Target.Path, "refs"), recursive: true);
        File.Delete(Path.Combine(fixture.Target.Path, "packed-refs"));
        Directory.CreateDirectory(Path.Combine(fixture.Target.Path, "objects"));
        Directory.CreateDirectory(Path.Combine(fixture.Target.Path, "refs"));

        var outcome = await fixture.ConsumeAsync();

        Assert.Equal((OutcomeKind.Updated, new RefCounts(1, 0, 0, 0)), (outcome.Kind, outcome.Refs));
        await fixture.AssertEqualAsync();
    }

    [Fact]
    public async Task A_target_that_was_set_back_to_an_older_backup_is_brought_on_from_there()
    {
        var fixture = await LongChainAsync(consumedAt: 3, total: 3);
        await fixture.Target.SetRefAsync("refs/heads/main", "main~1");
        await fixture.Target.GitAsync("reflog", "expire", "--expire=now", "--all");
        await fixture.Target.GitAsync("prune", "--expire=now");
        await fixture.DeleteAsync((await fixture.HeadAsync()).State.Chain[0].Key);

        var outcome = await fixture.ConsumeAsync();

        Assert.Equal((OutcomeKind.Updated, BundleKind.Delta), (outcome.Kind, outcome.Bundle));
        await fixture.AssertEqualAsync();
    }

    [Fact]
    public async Task A_missing_delta_is_made_up_for_by_a_later_full_bundle()
    {
        var fixture = await PartitionFixture.CreateAsync();
        fixture.Policy = PartitionFixture.DeltasOnly with { MaxDeltas = 2 };
        await ProduceAsync(fixture, 1);
        PartitionFixture.AssertGood(await fixture.ConsumeAsync());
        await ProduceAsync(fixture, 4);
        var chain = (await fixture.HeadAsync()).State.Chain;
        Assert.Equal(BundleKind.Full, chain[^2].Kind);
        await fixture.DeleteAsync(chain[1].Key);

        var outcome = await fixture.ConsumeAsync();

        Assert.Equal((OutcomeKind.Updated, BundleKind.Delta), (outcome.Kind, outcome.Bundle));
        await fixture.AssertEqualAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_missing_delta_stops_the_consumer_until_the_next_produce_writes_a_full_bundle(bool isListed)
    {
        var fixture = await LongChainAsync(consumedAt: 1, total: 3);
        var listing = await BucketListing.ReadAsync(fixture.Bucket, CancellationToken.None);
        await fixture.DeleteAsync((await fixture.HeadAsync()).State.Chain[1].Key);
        var before = await fixture.Target.RefsAsync();

        var broken = isListed ? await fixture.ConsumeAsync(listing) : await fixture.ConsumeAsync();

        Assert.Equal((OutcomeKind.Failed, "missing-bundle"), (broken.Kind, broken.Error?.Reason.Word));
        Assert.Contains("bundle 2", broken.Error!.Message, StringComparison.Ordinal);
        Assert.Equal(before, await fixture.Target.RefsAsync());
        Assert.Equal(OutcomeKind.Updated, (await fixture.ProduceAsync()).Kind);
        ChainTests.AssertContiguous((await fixture.HeadAsync()).State);
        var healed = await fixture.ConsumeAsync();
        Assert.Equal((OutcomeKind.Updated, BundleKind.Full), (healed.Kind, healed.Bundle));
        await fixture.AssertEqualAsync();
    }

    [Fact]
    public async Task A_target_that_has_lost_an_object_is_healed_by_a_full_bundle()
    {
        var fixture = await PartitionFixture.CreateAsync();
        fixture.Policy = PartitionFixture.DeltasOnly;
        var text = string.Concat(Enumerable.Range(0, 300).Select(i => $"{i * 7919} {i * 104729}\n"));
        await fixture.Source.CommitAsync("main", "b.txt", text);
        await fixture.ProduceAsync();
        await ProduceAsync(fixture, 1);
        PartitionFixture.AssertGood(await fixture.ConsumeAsync());
        // What the next pack has is only a difference from this one.
        var lost = await fixture.Target.ResolveAsync("main:b.txt");
        File.Delete(Path.Combine(fixture.Target.Path, "objects", lost[..2], lost[2..]));
        await fixture.Source.CommitAsync("main", "b.txt", text + "more\n");
        await fixture.ProduceAsync();

        var outcome = await fixture.ConsumeAsync();

        Assert.Equal((OutcomeKind.Updated, new RefCounts(0, 1, 0, 0)), (outcome.Kind, outcome.Refs));
        Assert.Contains(fixture.Notes, note => note.Contains("starting at the newest full bundle", StringComparison.Ordinal));
        await fixture.AssertEqualAsync();
    }

    [Fact]
    public async Task An_older_head_put_back_is_a_rollback()
    {
        var fixture = await PartitionFixture.ProducedAsync(1);
        PartitionFixture.AssertGood(await fixture.ConsumeAsync());
        var old = await fixture.ReadAsync(fixture.HeadKey);
        await fixture.Source.CommitAsync("main", "a.txt", "two\n");
        await fixture.CarryAsync();
        await fixture.WriteAsync(fixture.HeadKey, old);

        var outcome = await fixture.AssertRefusedAsync("rollback");

        Assert.Contains("sequence 1", outcome.Error!.Message, StringComparison.Ordinal);
        Assert.Equal(2L, outcome.Sequence);
        // Again and again: a failure does not let the mark fall.
        await fixture.AssertRefusedAsync("rollback");
        PartitionFixture.AssertGood(await fixture.ProduceAsync());
        Assert.Equal(OutcomeKind.Unchanged, (await fixture.ConsumeAsync()).Kind);
        await fixture.AssertEqualAsync();
    }

    [Fact]
    public async Task A_bucket_without_a_head_is_said_to_be_so()
    {
        var fixture = await PartitionFixture.ProducedAsync(1);
        PartitionFixture.AssertGood(await fixture.ConsumeAsync());
        await fixture.DeleteAsync(fixture.HeadKey);

        await fixture.AssertRefusedAsync("no-head");

        PartitionFixture.AssertGood(await fixture.ProduceAsync());
        Assert.Equal(OutcomeKind.Unchanged, (await fixture.ConsumeAsync()).Kind);
    }

    /// <summary>A chain of one full bundle and deltas, of which the target has had some.</summary>
    private static async Task<PartitionFixture> LongChainAsync(int consumedAt, int total)
    {
        var fixture = await PartitionFixture.CreateAsync();
        fixture.Policy = PartitionFixture.DeltasOnly;
        await ProduceAsync(fixture, consumedAt);
        PartitionFixture.AssertGood(await fixture.ConsumeAsync());
        await ProduceAsync(fixture, total - consumedAt);
        return fixture;
    }

    private static async Task ProduceAsync(PartitionFixture fixture, int count)
    {
        for (var i = 0; i < count; i++)
        {
            await fixture.Source.CommitAsync("main", "a.txt", $"{Guid.NewGuid()}\n");
            PartitionFixture.AssertGood(await fixture.ProduceAsync());
        }
    }
}
