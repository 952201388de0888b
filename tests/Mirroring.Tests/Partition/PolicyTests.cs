namespace Mirror.Mirroring.Tests.Partition;

/// <summary>What a consumer may not do, whatever happens meanwhile; and what a source cannot give is nobody's to delete.</summary>
public sealed class PolicyTests
{
    [Fact]
    public async Task What_the_target_does_not_let_us_preserve_is_not_overwritten()
    {
        var fixture = await StepAsync();
        var theirs = await fixture.Target.CommitAsync("main", "theirs.txt", "theirs\n");
        await fixture.Target.InstallHookAsync("update", "case $1 in refs/mirror/*) echo 'not here'; exit 1;; esac");

        var outcome = await fixture.ConsumeAsync(fixture.ConsumeRequest() with { Diverged = Diverged.Preserve });

        Assert.Equal((OutcomeKind.Held, "diverged"), (outcome.Kind, outcome.Error?.Reason.Word));
        Assert.Equal(theirs, await fixture.Target.ResolveAsync("refs/heads/main"));
    }

    [Theory]
    [InlineData("git update-ref refs/heads/main {0}")]
    [InlineData("git update-ref refs/heads/other {0}")]
    [InlineData("git update-ref -d refs/heads/topic")]
    public async Task What_others_do_while_we_push_is_held_too_where_that_is_the_policy(string theirs)
    {
        var fixture = await StepAsync();
        var other = await fixture.Target.CommitAsync("theirs", "c.txt", "three\n");
        await fixture.Target.DeleteRefAsync("refs/heads/theirs");
        var command = theirs.Replace("{0}", other, StringComparison.Ordinal);
        await fixture.Target.InstallRaceAsync(command);

        var outcome = await fixture.ConsumeAsync(fixture.ConsumeRequest() with { Diverged = Diverged.Refuse });

        Assert.Equal((OutcomeKind.Held, "diverged"), (outcome.Kind, outcome.Error?.Reason.Word));
    }

    [Fact]
    public async Task A_target_that_nobody_touched_is_not_held_when_the_chain_begins_anew()
    {
        var fixture = await PartitionFixture.ProducedAsync(2);
        var refuse = fixture.ConsumeRequest() with { Diverged = Diverged.Refuse };
        PartitionFixture.AssertGood(await fixture.ConsumeAsync(refuse));
        Directory.Delete(fixture.NearPath, recursive: true);
        await fixture.Source.CommitAsync("main", "a.txt", "anew\n");
        PartitionFixture.AssertGood(await fixture.ProduceAsync());

        PartitionFixture.AssertGood(await fixture.ConsumeAsync(refuse));

        await fixture.AssertEqualAsync();
    }

    [Fact]
    public async Task Local_branches_that_are_not_pruned_are_nobody_s_divergence()
    {
        var fixture = await StepAsync();
        await fixture.Target.CommitAsync("local", "c.txt", "local\n");
        var request = fixture.ConsumeRequest() with { Diverged = Diverged.Refuse, Prune = false };

        PartitionFixture.AssertGood(await fixture.ConsumeAsync(request));

        Assert.Equal(await fixture.Source.ResolveAsync("main"), await fixture.Target.ResolveAsync("main"));
        await fixture.Target.ResolveAsync("refs/heads/local");
    }

    [Fact]
    public async Task A_branch_made_since_is_not_taken_away_on_the_way_from_an_older_full_bundle()
    {
        var fixture = await PartitionFixture.CreateAsync();
        fixture.Policy = PartitionFixture.DeltasOnly;
        await fixture.Source.CommitAsync("main", "a.txt", "one\n");
        await fixture.CarryAsync();
        await fixture.Source.CommitAsync("since", "s.txt", "since\n");
        await fixture.CarryAsync();
        await fixture.Source.CommitAsync("main", "a.txt", "more\n");
        PartitionFixture.AssertGood(await fixture.ProduceAsync());
        // Nothing is remembered, and the target is at no bundle's state: the way begins at the full one.
        Directory.Delete(fixture.FarPath, recursive: true);
        await fixture.Target.SetRefAsync("refs/heads/foreign", "main");
        await fixture.Target.InstallHookAsync(
            "update", "case $1:$3 in refs/heads/since:0*) touch taken-away;; refs/heads/main:*) touch moved;; esac");

        PartitionFixture.AssertGood(await fixture.ConsumeAsync());

        Assert.True(File.Exists(Path.Combine(fixture.Target.Path, "moved")));
        Assert.False(File.Exists(Path.Combine(fixture.Target.Path, "taken-away")));
        await fixture.AssertEqualAsync();
    }

    [Fact]
    public async Task What_the_source_lost_under_a_name_in_full_stays_at_the_target_through_a_new_full_bundle()
    {
        var fixture = await PartitionFixture.CreateAsync();
        string[] refs = ["refs/heads/main", "refs/heads/release"];
        await fixture.Source.CommitAsync("main", "a.txt", "one\n");
        var release = await fixture.Source.CommitAsync("release", "b.txt", "one\n");
        await fixture.CarryAsync(refs);
        await fixture.Source.GitAsync("branch", "-m", "release", "shipped");
        fixture.Policy = ChainPolicy.Default with { MaxDeltas = 1 };
        for (var i = 0; i < 3; i++)
        {
            await fixture.Source.CommitAsync("main", "a.txt", $"again {i}\n");
            Assert.Equal("refs-refused", (await fixture.ProduceAsync(fixture.ProduceRequest(refs))).Error?.Reason.Word);
            PartitionFixture.AssertGood(await fixture.ConsumeAsync());
        }

        Assert.Contains(BundleKind.Full, (await fixture.HeadAsync()).State.Chain.Skip(1).Select(entry => entry.Kind));
        Assert.Equal(release, await fixture.Target.ResolveAsync("refs/heads/release"));
        Assert.Equal(await fixture.Source.ResolveAsync("main"), await fixture.Target.ResolveAsync("main"));
    }

    [Fact]
    public async Task To_prune_again_is_noticed_without_a_new_head()
    {
        var fixture = await StepAsync();
        PartitionFixture.AssertGood(await fixture.ConsumeAsync());
        await fixture.Source.DeleteRefAsync("refs/heads/topic");
        await fixture.ProduceAsync();
        var keep = fixture.ConsumeRequest() with { Prune = false };
        PartitionFixture.AssertGood(await fixture.ConsumeAsync(keep));
        Assert.Equal(OutcomeKind.Unchanged, (await fixture.ConsumeAsync(keep)).Kind);

        PartitionFixture.AssertGood(await fixture.ConsumeAsync());

        await fixture.AssertEqualAsync();
    }

    [Fact]
    public async Task A_dry_run_says_what_the_run_would_hold()
    {
        var fixture = await StepAsync();
        await fixture.Target.CommitAsync("main", "theirs.txt", "theirs\n");
        var before = await fixture.Target.RefsAsync();

        var outcome = await fixture.ConsumeAsync(fixture.ConsumeRequest() with { Diverged = Diverged.Refuse, DryRun = true });

        Assert.Equal((OutcomeKind.Held, "diverged"), (outcome.Kind, outcome.Error?.Reason.Word));
        Assert.Equal(before, await fixture.Target.RefsAsync());
    }

    /// <summary>A target one delta behind, with a second branch.</summary>
    private static async Task<PartitionFixture> StepAsync()
    {
        var fixture = await PartitionFixture.CreateAsync();
        await fixture.Source.CommitAsync("main", "a.txt", "one\n");
        await fixture.Source.CommitAsync("topic", "t.txt", "topic\n");
        await fixture.CarryAsync();
        await fixture.Source.CommitAsync("main", "a.txt", "two\n");
        PartitionFixture.AssertGood(await fixture.ProduceAsync());
        return fixture;
    }
}
