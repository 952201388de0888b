namespace Mirror.Mirroring.Tests.Partition;

/// <summary>A target that others have changed, and one that will not take everything.</summary>
public sealed class DivergenceTests
{
    [Fact]
    public async Task What_others_did_is_overwritten_as_force_does()
    {
        var fixture = await StartAsync();
        await fixture.Target.CommitAsync("main", "theirs.txt", "theirs\n");
        await fixture.Target.CommitAsync("theirs", "theirs.txt", "theirs\n");

        var outcome = await fixture.ConsumeAsync();

        Assert.Equal((OutcomeKind.Updated, new RefCounts(0, 1, 1, 0)), (outcome.Kind, outcome.Refs));
        await fixture.AssertEqualAsync();
    }

    [Fact]
    public async Task What_others_did_and_a_new_bundle_meet()
    {
        var fixture = await StartAsync();
        await fixture.Target.CommitAsync("main", "theirs.txt", "theirs\n");
        await fixture.Target.DeleteRefAsync("refs/heads/topic");
        await fixture.Source.CommitAsync("main", "a.txt", "three\n");
        await fixture.ProduceAsync();

        PartitionFixture.AssertGood(await fixture.ConsumeAsync());

        await fixture.AssertEqualAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task To_refuse_is_to_touch_nothing_and_to_say_what_is_foreign(bool isNew)
    {
        var fixture = await StartAsync();
        var theirs = await fixture.Target.CommitAsync("main", "theirs.txt", "theirs\n");
        await fixture.Target.DeleteRefAsync("refs/heads/topic");
        if (isNew)
        {
            await fixture.Source.CommitAsync("main", "a.txt", "three\n");
            await fixture.ProduceAsync();
        }
        var before = await fixture.Target.RefsAsync();

        var outcome = await fixture.ConsumeAsync(fixture.ConsumeRequest() with { Diverged = Diverged.Refuse });

        Assert.Equal((OutcomeKind.Held, "diverged"), (outcome.Kind, outcome.Error?.Reason.Word));
        Assert.Contains(theirs[..7], outcome.Error!.Refs["refs/heads/main"], StringComparison.Ordinal);
        Assert.Equal("was deleted there", outcome.Error.Refs["refs/heads/topic"]);
        Assert.Equal(before, await fixture.Target.RefsAsync());

        // Once it is as it was, it goes on.
        await fixture.Target.SetRefAsync("refs/heads/main", "main~1");
        await fixture.Target.SetRefAsync("refs/heads/topic", "main");
        PartitionFixture.AssertGood(await fixture.ConsumeAsync(fixture.ConsumeRequest() with { Diverged = Diverged.Refuse }));
        await fixture.AssertEqualAsync();
    }

    [Theory]
    [InlineData("refs/heads/*")]
    [InlineData("refs/*")]
    public async Task To_preserve_is_to_keep_their_commits_under_another_name(string refs)
    {
        var fixture = await StartAsync(refs);
        var theirs = await fixture.Target.CommitAsync("main", "theirs.txt", "theirs\n");
        var branch = await fixture.Target.CommitAsync("theirs", "theirs.txt", "theirs too\n");
        await fixture.Source.CommitAsync("main", "a.txt", "three\n");
        await fixture.ProduceAsync(fixture.ProduceRequest(refs));
        var preserve = fixture.ConsumeRequest() with { Diverged = Diverged.Preserve };

        PartitionFixture.AssertGood(await fixture.ConsumeAsync(preserve));

        await fixture.AssertEqualAsync();
        var kept = (await fixture.Target.RefsAsync())
            .Where(found => found.Key.StartsWith("refs/mirror/replaced/", StringComparison.Ordinal)).ToList();
        Assert.Equal([("heads/main", theirs), ("heads/theirs", branch)], kept.Select(found => (found.Key.Split('/', 5)[4], found.Value)));
        Assert.Matches("^refs/mirror/replaced/[0-9]{8}T[0-9]{6}Z/", kept[0].Key);

        // And they stay, and are not diverged from again.
        await fixture.Source.CommitAsync("main", "a.txt", "four\n");
        await fixture.ProduceAsync(fixture.ProduceRequest(refs));
        PartitionFixture.AssertGood(await fixture.ConsumeAsync(preserve));
        Assert.Equal(
            kept, (await fixture.Target.RefsAsync()).Where(found => found.Key.StartsWith("refs/mirror/", StringComparison.Ordinal)));
        await fixture.AssertEqualAsync();
    }

    [Fact]
    public async Task A_target_of_somebody_else_s_is_not_emptied_at_the_first_run()
    {
        var fixture = await StartAsync();
        var late = await fixture.LateAsync();
        await late.Target.CommitAsync("main", "theirs.txt", "theirs\n");
        for (var i = 0; i < 15; i++)
        {
            await late.Target.SetRefAsync($"refs/heads/theirs{i}", "main");
        }
        var before = await late.Target.RefsAsync();

        var held = await late.ConsumeAsync();

        Assert.Equal((OutcomeKind.Held, "mass-delete"), (held.Kind, held.Error?.Reason.Word));
        Assert.Equal(before, await late.Target.RefsAsync());
        Assert.Equal("mass-delete", (await late.ConsumeAsync()).Error?.Reason.Word);
        PartitionFixture.AssertGood(await late.ConsumeAsync(late.ConsumeRequest() with { AllowMassDelete = true }));
        await late.AssertEqualAsync();
    }

    [Fact]
    public async Task Refs_that_the_target_refuses_are_set_aside_said_every_time_and_taken_when_it_relents()
    {
        var fixture = await PartitionFixture.CreateAsync();
        fixture.Policy = PartitionFixture.DeltasOnly;
        await fixture.Source.CommitAsync("free", "a.txt", "one\n");
        await fixture.Source.CommitAsync("protected", "b.txt", "one\n");
        await fixture.ProduceAsync();
        await fixture.Target.InstallHookAsync("update", "case $1 in *protected) echo 'ask the owner' >&2; exit 1;; esac");

        AssertSetAside(await fixture.ConsumeAsync(), new RefCounts(1, 0, 0, 1));
        AssertSetAside(await fixture.ConsumeAsync(), new RefCounts(0, 0, 0, 1));
        await fixture.Source.CommitAsync("free", "a.txt", "two\n");
        await fixture.ProduceAsync();
        var delta = await fixture.ConsumeAsync();
        AssertSetAside(delta, new RefCounts(0, 1, 0, 1));
        Assert.Equal((2L, BundleKind.Delta), (delta.Sequence, delta.Bundle));
        await fixture.Source.CommitAsync("protected", "b.txt", "two\n");
        await fixture.ProduceAsync();
        AssertSetAside(await fixture.ConsumeAsync(), new RefCounts(0, 0, 0, 1));
        Assert.Equal(["refs/heads/free"], (await fixture.Target.RefsAsync()).Keys);
        await fixture.Target.FsckAsync();

        File.Delete(Path.Combine(fixture.Target.Path, "hooks", "update"));
        var taken = await fixture.ConsumeAsync();
        PartitionFixture.AssertGood(taken);
        Assert.Equal(new RefCounts(1, 0, 0, 0), taken.Refs);
        await fixture.AssertEqualAsync();
        Assert.Equal(OutcomeKind.Unchanged, (await fixture.ConsumeAsync()).Kind);
    }

    [Fact]
    public async Task A_ref_that_is_set_aside_does_not_make_the_target_a_diverged_one()
    {
        var fixture = await PartitionFixture.CreateAsync();
        fixture.Policy = PartitionFixture.DeltasOnly;
        await fixture.Source.CommitAsync("free", "a.txt", "one\n");
        await fixture.Source.CommitAsync("protected", "b.txt", "one\n");
        await fixture.ProduceAsync();
        PartitionFixture.AssertGood(await fixture.ConsumeAsync());
        await fixture.Target.InstallHookAsync("update", "case $1 in *protected) exit 1;; esac");
        var refuse = fixture.ConsumeRequest() with { Diverged = Diverged.Refuse };
        foreach (var text in (string[])["two\n", "three\n"])
        {
            await fixture.Source.CommitAsync("free", "a.txt", text);
            await fixture.Source.CommitAsync("protected", "b.txt", text);
            await fixture.ProduceAsync();

            var outcome = await fixture.ConsumeAsync(refuse);

            Assert.Equal(
                (OutcomeKind.Failed, "refs-refused", new RefCounts(0, 1, 0, 1)), (outcome.Kind, outcome.Error?.Reason.Word, outcome.Refs));
        }
        await fixture.Target.FsckAsync();
    }

    private static void AssertSetAside(MirrorOutcome outcome, RefCounts counts)
    {
        Assert.Equal((OutcomeKind.Failed, "refs-refused", counts), (outcome.Kind, outcome.Error?.Reason.Word, outcome.Refs));
        Assert.Contains("ask the owner", outcome.Error!.Refs["refs/heads/protected"], StringComparison.Ordinal);
        Assert.Equal(["refs/heads/protected"], outcome.Error.Refs.Keys);
    }

    private static async Task<PartitionFixture> StartAsync(params string[] refs)
    {
        var fixture = await PartitionFixture.CreateAsync();
        fixture.Policy = PartitionFixture.DeltasOnly;
        await fixture.Source.CommitAsync("main", [("a.txt", "one\n"), ("a.txt", "two\n")]);
        await fixture.Source.SetRefAsync("refs/heads/topic", "main");
        await fixture.CarryAsync(refs);
        return fixture;
    }
}
