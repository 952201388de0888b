namespace Mirror.Mirroring.Tests.Partition;

/// <summary>Refs under other names, refs left out, and refs that are nobody's business but the target's.</summary>
public sealed class MappingTests
{
    [Fact]
    public async Task One_branch_under_another_name()
    {
        var fixture = await PartitionFixture.CreateAsync();
        await fixture.Source.CommitAsync("master", "a.txt", "one\n");
        await fixture.Source.CommitAsync("other", "b.txt", "two\n");
        await fixture.CarryAsync("refs/heads/master:refs/heads/main");
        var tip = await fixture.Source.CommitAsync("master", "a.txt", "two\n");

        var (produced, _) = await fixture.CarryAsync("refs/heads/master:refs/heads/main");

        Assert.Equal([new KeyValuePair<string, string>("refs/heads/main", tip)], await fixture.Target.RefsAsync());
        await fixture.Target.FsckAsync();
        var name = ObjectKey.ParseBundle((await fixture.HeadAsync()).State.Last.Key)!;
        Assert.Equal(("main", "master", tip, produced.Sequence), (name.Branch, name.LocalBranch, name.CommitId, name.Sequence));
    }

    [Fact]
    public async Task All_branches_in_a_folder_beside_the_target_s_own()
    {
        var fixture = await PartitionFixture.CreateAsync();
        await fixture.Source.CommitAsync("main", "a.txt", "one\n");
        await fixture.Source.CommitAsync("topic", "b.txt", "two\n");
        var own = await fixture.Target.CommitAsync("main", "own.txt", "theirs\n");
        await fixture.CarryAsync("refs/heads/*:refs/heads/up/*");
        await fixture.Source.DeleteRefAsync("refs/heads/topic");
        var tip = await fixture.Source.CommitAsync("main", "a.txt", "more\n");

        await fixture.CarryAsync("refs/heads/*:refs/heads/up/*");

        Assert.Equal([new("refs/heads/main", own), new("refs/heads/up/main", tip)], await fixture.Target.RefsAsync());
        await fixture.Target.FsckAsync();
    }

    [Fact]
    public async Task What_is_excluded_neither_travels_nor_is_taken_from_the_target()
    {
        var fixture = await PartitionFixture.CreateAsync();
        await fixture.Source.CommitAsync("main", "a.txt", "one\n");
        await fixture.Source.CommitAsync("wip/mine", "b.txt", "near\n");
        var own = await fixture.Target.CommitAsync("wip/theirs", "c.txt", "far\n");

        string[] refs = ["refs/heads/*", "^refs/heads/wip/*"];
        await fixture.CarryAsync(refs);
        var tip = await fixture.Source.CommitAsync("main", "a.txt", "two\n");
        await fixture.CarryAsync(refs);

        Assert.Equal([new("refs/heads/main", tip), new("refs/heads/wip/theirs", own)], await fixture.Target.RefsAsync());
        await fixture.Target.FsckAsync();
    }

    [Fact]
    public async Task A_ref_map_that_grows_and_shrinks_is_followed()
    {
        var fixture = await PartitionFixture.CreateAsync();
        fixture.Policy = PartitionFixture.DeltasOnly;
        await fixture.Source.CommitAsync("main", "a.txt", "one\n");
        await fixture.Source.TagAsync("v1", "main");
        await fixture.CarryAsync("refs/heads/*");
        Assert.Equal(["refs/heads/main"], (await fixture.Target.RefsAsync()).Keys);

        await fixture.CarryAsync("refs/heads/*", "refs/tags/*");
        Assert.Equal(["refs/heads/main", "refs/tags/v1"], (await fixture.Target.RefsAsync()).Keys);

        // What is no longer the mirror's is left as it is, and the next change still arrives.
        await fixture.CarryAsync("refs/heads/*");
        var tip = await fixture.Source.CommitAsync("main", "a.txt", "two\n");
        Assert.Equal(BundleKind.Delta, (await fixture.CarryAsync("refs/heads/*")).Consumed.Bundle);
        Assert.Equal(["refs/heads/main", "refs/tags/v1"], (await fixture.Target.RefsAsync()).Keys);
        Assert.Equal(tip, await fixture.Target.ResolveAsync("main"));

        // Nor does a new target get it from an old full bundle.
        var late = await fixture.LateAsync();
        PartitionFixture.AssertGood(await late.ConsumeAsync());
        Assert.Equal([new("refs/heads/main", tip)], await late.Target.RefsAsync());
    }

    [Fact]
    public async Task An_exclusion_means_the_source_s_names_even_where_another_rule_makes_the_same()
    {
        var fixture = await PartitionFixture.CreateAsync();
        var tip = await fixture.Source.CommitAsync("main", "a.txt", "one\n");
        await fixture.Source.CommitAsync("up/main", "b.txt", "two\n");
        await fixture.Source.TagAsync("v1", "main");

        await fixture.CarryAsync("refs/heads/*:refs/heads/up/*", "refs/tags/*", "^refs/heads/up/*");

        Assert.Equal([new("refs/heads/up/main", tip), new("refs/tags/v1", tip)], await fixture.Target.RefsAsync());
    }

    [Theory]
    [InlineData("refs/heads/main:refs/heads/up", "refs/heads/*:refs/heads/up/*", "^refs/*-mine")]
    [InlineData("refs/heads/*", "^refs/heads/*")]
    public async Task A_ref_map_that_no_head_can_say_is_a_failure_that_names_it(params string[] refs)
    {
        var fixture = await PartitionFixture.CreateAsync();
        await fixture.Source.CommitAsync("main", "a.txt", "one\n");

        var outcome = await fixture.ProduceAsync(fixture.ProduceRequest(refs));

        Assert.Equal((OutcomeKind.Failed, "unsupported"), (outcome.Kind, outcome.Error?.Reason.Word));
        Assert.Contains("map refs: ", outcome.Error!.Message, StringComparison.Ordinal);
        Assert.Empty(await fixture.ObjectsAsync());
    }

    [Fact]
    public async Task Without_pruning_nothing_is_deleted_and_the_next_change_still_arrives()
    {
        var fixture = await PartitionFixture.CreateAsync();
        fixture.Policy = PartitionFixture.DeltasOnly;
        await fixture.Source.CommitAsync("main", "a.txt", "one\n");
        var topic = await fixture.Source.CommitAsync("topic", "b.txt", "two\n");
        await fixture.CarryAsync();
        await fixture.Source.DeleteRefAsync("refs/heads/topic");
        await fixture.ProduceAsync();
        var keep = fixture.ConsumeRequest() with { Prune = false };

        Assert.Equal(OutcomeKind.Unchanged, (await fixture.ConsumeAsync(keep)).Kind);
        var tip = await fixture.Source.CommitAsync("main", "a.txt", "two\n");
        await fixture.ProduceAsync();
        var outcome = await fixture.ConsumeAsync(keep);

        Assert.Equal((OutcomeKind.Updated, BundleKind.Delta, new RefCounts(0, 1, 0, 0)), (outcome.Kind, outcome.Bundle, outcome.Refs));
        Assert.Equal([new("refs/heads/main", tip), new("refs/heads/topic", topic)], await fixture.Target.RefsAsync());
    }

    [Fact]
    public async Task A_source_that_loses_most_of_its_refs_is_held_until_it_is_meant()
    {
        var fixture = await PartitionFixture.CreateAsync();
        await fixture.Source.CommitAsync("main", "a.txt", "one\n");
        for (var i = 0; i < 20; i++)
        {
            await fixture.Source.SetRefAsync($"refs/heads/topic{i}", "main");
        }
        await fixture.CarryAsync();
        var objects = await fixture.ObjectsAsync();
        for (var i = 0; i < 15; i++)
        {
            await fixture.Source.DeleteRefAsync($"refs/heads/topic{i}");
        }

        var held = await fixture.ProduceAsync();

        Assert.Equal((OutcomeKind.Held, "mass-delete", 1L), (held.Kind, held.Error?.Reason.Word, held.Sequence));
        Assert.Equal(objects, await fixture.ObjectsAsync());
        Assert.Equal(OutcomeKind.Updated, (await fixture.ProduceAsync(fixture.ProduceRequest() with { AllowMassDelete = true })).Kind);
        Assert.Equal(new RefCounts(0, 0, 15, 0), (await fixture.ConsumeAsync()).Refs);
        await fixture.AssertEqualAsync();
    }

    [Fact]
    public async Task A_source_that_is_suddenly_empty_is_held_until_it_is_meant()
    {
        var fixture = await PartitionFixture.CreateAsync();
        await fixture.Source.CommitAsync("main", "a.txt", "one\n");
        await fixture.Source.CommitAsync("topic", "a.txt", "one\n");
        await fixture.CarryAsync();
        await fixture.Source.DeleteRefAsync("refs/heads/main");
        await fixture.Source.DeleteRefAsync("refs/heads/topic");

        var held = await fixture.ProduceAsync();

        Assert.Equal((OutcomeKind.Held, "empty-source"), (held.Kind, held.Error?.Reason.Word));
        Assert.Equal(OutcomeKind.Unchanged, (await fixture.ConsumeAsync()).Kind);
        Assert.Equal(OutcomeKind.Updated, (await fixture.ProduceAsync(fixture.ProduceRequest() with { AllowMassDelete = true })).Kind);
        // Where HEAD is, git deletes nothing.
        await fixture.Target.SetHeadAsync("elsewhere");
        Assert.Equal(new RefCounts(0, 0, 2, 0), (await fixture.ConsumeAsync()).Refs);
    }
}
