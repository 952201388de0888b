using Mirror.Git;

namespace Mirror.Mirroring.Tests.Partition;

/// <summary>A consumer whose own refs are fewer than those of the head.</summary>
public sealed class NarrowingTests
{
    [Fact]
    public async Task Refs_outside_of_its_own_are_left_alone_and_that_is_said_once()
    {
        var fixture = await CreateAsync();
        var theirs = await fixture.Target.CommitAsync("local", "l.txt", "local\n");
        MirrorOutcome[] outcomes = [await ConsumeAsync(fixture), await ConsumeAsync(fixture)];

        Assert.Equal(
            [(OutcomeKind.Updated, true), (OutcomeKind.Unchanged, true)], outcomes.Select(outcome => (outcome.Kind, outcome.IsProven)));
        Assert.Contains("2 refs of the head are outside of this side's own refs and are left alone: refs/heads/topic, refs/tags/v1",
            Assert.Single(outcomes[0].Warnings), StringComparison.Ordinal);
        Assert.Empty(outcomes[1].Warnings);
        await AssertOnlyMainAsync(fixture, ("refs/heads/local", theirs));
    }

    [Fact]
    public async Task A_change_of_what_is_outside_is_said_and_one_of_what_is_inside_is_not()
    {
        var fixture = await CreateAsync();
        await ConsumeAsync(fixture);
        await fixture.Source.CommitAsync("main", "a.txt", "two\n");
        await fixture.ProduceAsync();
        Assert.Empty((await ConsumeAsync(fixture)).Warnings);
        await fixture.Source.SetRefAsync("refs/heads/more", "main");
        await fixture.ProduceAsync();

        Assert.Contains("3 refs of the head are outside", Assert.Single((await ConsumeAsync(fixture)).Warnings), StringComparison.Ordinal);
        await AssertOnlyMainAsync(fixture);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task A_branch_outside_that_is_merged_into_one_inside_comes_with_it(bool isConsumedBetween, bool isPruned)
    {
        var fixture = await CreateAsync();
        await ConsumeAsync(fixture);
        await fixture.Source.CommitAsync("topic", "t.txt", "more\n");
        await fixture.ProduceAsync();
        if (isConsumedBetween)
        {
            PartitionFixture.AssertGood(await ConsumeAsync(fixture));
        }
        if (isPruned)
        {
            // What no ref leads to may be gone by the time that it is needed.
            await fixture.Target.GitAsync("prune", "--expire=now");
        }
        var merge = await fixture.Source.GitAsync("commit-tree", "topic^{tree}", "-p", "main", "-p", "topic", "-m", "merge");
        await fixture.Source.SetRefAsync("refs/heads/main", merge.Trim());
        await fixture.ProduceAsync();

        var outcome = await ConsumeAsync(fixture);

        PartitionFixture.AssertGood(outcome);
        Assert.Equal(new RefCounts(0, 1, 0, 0), outcome.Refs);
        await AssertOnlyMainAsync(fixture);
        await fixture.Target.FsckAsync();
    }

    [Fact]
    public async Task Without_a_ledger_it_starts_at_the_newest_full_bundle()
    {
        var fixture = await CreateAsync();
        await ConsumeAsync(fixture);
        await fixture.Source.CommitAsync("main", "a.txt", "two\n");
        await fixture.ProduceAsync();
        Directory.Delete(fixture.FarPath, recursive: true);

        var outcome = await ConsumeAsync(fixture);

        Assert.Equal((OutcomeKind.Updated, BundleKind.Delta), (outcome.Kind, outcome.Bundle));
        await AssertOnlyMainAsync(fixture);
    }

    [Fact]
    public async Task Own_refs_that_grow_bring_what_was_left_alone_at_the_next_run()
    {
        var fixture = await CreateAsync();
        await ConsumeAsync(fixture);

        var outcome = await fixture.ConsumeAsync();

        Assert.Equal((OutcomeKind.Updated, new RefCounts(2, 0, 0, 0)), (outcome.Kind, outcome.Refs));
        await fixture.AssertEqualAsync();
    }

    [Fact]
    public async Task Own_refs_that_cannot_be_said_of_the_destination_alone_narrow_all_the_same()
    {
        var fixture = await CreateAsync();
        var own = RefMap.Parse(["refs/heads/up/*:refs/heads/*", "^refs/*/topic"]);
        Assert.Throws<FormatException>(own.DestinationPatterns);

        Assert.Equal(OutcomeKind.Updated, (await fixture.ConsumeAsync(fixture.ConsumeRequest() with { Refs = own })).Kind);
        Assert.Equal(OutcomeKind.Unchanged, (await fixture.ConsumeAsync(fixture.ConsumeRequest() with { Refs = own })).Kind);
        await AssertOnlyMainAsync(fixture);
    }

    [Fact]
    public async Task What_others_did_outside_of_its_own_refs_is_no_divergence()
    {
        var fixture = await CreateAsync();
        await ConsumeAsync(fixture);
        await fixture.Source.CommitAsync("main", "a.txt", "two\n");
        await fixture.ProduceAsync();
        var theirs = await fixture.Target.CommitAsync("topic", "l.txt", "local\n");

        var outcome = await fixture.ConsumeAsync(Request(fixture) with { Diverged = Diverged.Refuse });

        PartitionFixture.AssertGood(outcome);
        await AssertOnlyMainAsync(fixture, ("refs/heads/topic", theirs));
    }

    private static async Task<PartitionFixture> CreateAsync()
    {
        var fixture = await PartitionFixture.CreateAsync();
        fixture.Policy = PartitionFixture.DeltasOnly;
        await fixture.Source.CommitAsync("main", "a.txt", "one\n");
        await fixture.Source.CommitAsync("topic", "t.txt", "topic\n");
        await fixture.Source.TagAsync("v1", "topic");
        PartitionFixture.AssertGood(await fixture.ProduceAsync());
        return fixture;
    }

    private static ConsumeRequest Request(PartitionFixture fixture) =>
        fixture.ConsumeRequest() with { Refs = RefMap.Parse(["refs/heads/master:refs/heads/main"]) };

    private static Task<MirrorOutcome> ConsumeAsync(PartitionFixture fixture) => fixture.ConsumeAsync(Request(fixture));

    private static async Task AssertOnlyMainAsync(PartitionFixture fixture, params (string Name, string Id)[] theirs)
    {
        var expected = theirs.Append(("refs/heads/main", await fixture.Source.ResolveAsync("main")))
            .ToDictionary(each => each.Item1, each => each.Item2.Trim());
        Assert.Equal(expected.OrderBy(each => each.Key, StringComparer.Ordinal), (await fixture.Target.RefsAsync()).AsEnumerable());
    }
}
