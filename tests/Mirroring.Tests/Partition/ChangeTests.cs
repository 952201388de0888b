namespace Mirror.Mirroring.Tests.Partition;

/// <summary>What a repository can go through: each change arrives, by a bundle that git itself accepts.</summary>
public sealed class ChangeTests
{
    [Fact]
    public async Task A_rewind()
    {
        var fixture = await StartAsync();
        await fixture.Source.SetRefAsync("refs/heads/main", "main~1");

        await AssertArrivesAsync(fixture, new RefCounts(0, 1, 0, 0), BundleKind.Full);
    }

    [Fact]
    public async Task A_rewind_to_something_else()
    {
        var fixture = await StartAsync();
        await fixture.Source.SetRefAsync("refs/heads/main", "main~2");
        await fixture.Source.CommitAsync("main", "other.txt", "other\n");

        await AssertArrivesAsync(fixture, new RefCounts(0, 1, 0, 0));
    }

    [Fact]
    public async Task A_deleted_branch_and_a_deleted_tag()
    {
        var fixture = await StartAsync();
        await fixture.Source.DeleteRefAsync("refs/heads/topic");
        await fixture.Source.DeleteRefAsync("refs/tags/v1");

        await AssertArrivesAsync(fixture, new RefCounts(0, 0, 2, 0));
    }

    [Fact]
    public async Task A_new_branch_at_an_old_commit()
    {
        var fixture = await StartAsync();
        await fixture.Source.SetRefAsync("refs/heads/old", "main~2");

        await AssertArrivesAsync(fixture, new RefCounts(1, 0, 0, 0), BundleKind.Full);
    }

    [Fact]
    public async Task A_new_branch_at_a_tip_needs_no_objects()
    {
        var fixture = await StartAsync();
        await fixture.Source.SetRefAsync("refs/heads/same", "main");

        await AssertArrivesAsync(fixture, new RefCounts(1, 0, 0, 0));
    }

    [Fact]
    public async Task A_moved_tag_of_either_kind()
    {
        var fixture = await StartAsync();
        await fixture.Source.SetRefAsync("refs/tags/light", "main~1");
        await fixture.Source.GitAsync("tag", "--annotate", "--force", "--message", "moved", "v1", "main~2");

        await AssertArrivesAsync(fixture, new RefCounts(0, 2, 0, 0));
    }

    [Fact]
    public async Task A_branch_that_becomes_a_folder_and_back()
    {
        var fixture = await StartAsync();
        await fixture.Source.DeleteRefAsync("refs/heads/topic");
        await fixture.Source.CommitAsync("topic/one", "b.txt", "in a folder\n");
        await AssertArrivesAsync(fixture, new RefCounts(1, 0, 1, 0));

        await fixture.Source.DeleteRefAsync("refs/heads/topic/one");
        await fixture.Source.SetRefAsync("refs/heads/topic", "main");
        await AssertArrivesAsync(fixture, new RefCounts(1, 0, 1, 0));
    }

    [Fact]
    public async Task Annotated_tags_of_a_tree_of_a_blob_and_of_a_tag()
    {
        var fixture = await StartAsync();
        await fixture.Source.AnnotatedTagAsync("tree", "main^{tree}");
        await fixture.Source.AnnotatedTagAsync("blob", "main:a.txt");
        await fixture.Source.AnnotatedTagAsync("tag", "v1");
        await fixture.Source.TagAsync("bare-blob", "main~1:a.txt");
        await AssertArrivesAsync(fixture, new RefCounts(4, 0, 0, 0));

        // None of them is a commit that the next bundle could build on.
        await fixture.Source.CommitAsync("main", "a.txt", "after the tags\n");
        await AssertArrivesAsync(fixture, new RefCounts(0, 1, 0, 0));
    }

    [Fact]
    public async Task Only_tags_of_no_commit()
    {
        var fixture = await PartitionFixture.CreateAsync();
        await fixture.Source.CommitAsync("main", "a.txt", "one\n");
        await fixture.Source.AnnotatedTagAsync("blob", "main:a.txt");
        await fixture.CarryAsync("refs/tags/*");

        await fixture.Source.AnnotatedTagAsync("tree", "main^{tree}");
        var (produced, _) = await fixture.CarryAsync("refs/tags/*");

        Assert.Equal(BundleKind.Delta, produced.Bundle);
        Assert.Equal(["refs/tags/blob", "refs/tags/tree"], (await fixture.Target.RefsAsync()).Keys);
        await fixture.Target.FsckAsync();
    }

    [Fact]
    public async Task An_octopus_merge()
    {
        var fixture = await StartAsync();
        string[] parents =
        [
            await fixture.Source.CommitAsync("one", "1.txt", "1\n"),
            await fixture.Source.CommitAsync("two", "2.txt", "2\n"),
            await fixture.Source.ResolveAsync("main"),
        ];
        var merge = await fixture.Source.GitAsync(
            ["commit-tree", "main^{tree}", "-m", "octopus", .. parents.SelectMany(parent => (string[])["-p", parent])]);
        await fixture.Source.SetRefAsync("refs/heads/main", merge);
        await fixture.Source.DeleteRefAsync("refs/heads/one");

        await AssertArrivesAsync(fixture, new RefCounts(1, 1, 0, 0));
    }

    [Fact]
    public async Task An_unrelated_history()
    {
        var fixture = await StartAsync();
        await fixture.Source.CommitAsync("pages", "index.html", "<p>\n");
        await fixture.Source.DeleteRefAsync("refs/heads/topic");

        await AssertArrivesAsync(fixture, new RefCounts(1, 0, 1, 0));
    }

    [Theory]
    [InlineData("sha1")]
    [InlineData("sha256")]
    public async Task Everything_at_once(string format)
    {
        var fixture = await StartAsync(format);
        await fixture.Source.SetRefAsync("refs/heads/main", "main~1");
        await fixture.Source.DeleteRefAsync("refs/heads/topic");
        await fixture.Source.CommitAsync("topic/deep", "d.txt", "deep\n");
        await fixture.Source.SetRefAsync("refs/heads/old", "main~1");
        await fixture.Source.AnnotatedTagAsync("v2", "topic/deep");
        await fixture.Source.DeleteRefAsync("refs/tags/v1");

        await AssertArrivesAsync(fixture, new RefCounts(3, 1, 2, 0));
    }

    [Fact]
    public async Task An_empty_source_and_then_its_first_commit()
    {
        var fixture = await PartitionFixture.CreateAsync();
        await fixture.CarryAsync();
        Assert.Empty(await fixture.Target.RefsAsync());

        await fixture.Source.CommitAsync("main", "a.txt", "one\n");
        await fixture.CarryAsync();
        await fixture.AssertEqualAsync();

        await fixture.Source.CommitAsync("main", "a.txt", "two\n");
        await fixture.CarryAsync();
        await fixture.AssertEqualAsync();
    }

    [Fact]
    public async Task The_source_s_default_branch_is_in_the_head()
    {
        var fixture = await StartAsync();
        Assert.Equal("refs/heads/main", (await fixture.HeadAsync()).State.Head?.Value);

        await fixture.Source.SetHeadAsync("topic");
        var (produced, _) = await fixture.CarryAsync();

        Assert.Equal("refs/heads/topic", (await fixture.HeadAsync()).State.Head?.Value);
        Assert.Equal((OutcomeKind.Unchanged, (BundleKind?)null), (produced.Kind, produced.Bundle));
    }

    /// <summary>Some history on both sides: three commits on main, a branch, a light tag and an annotated one.</summary>
    private static async Task<PartitionFixture> StartAsync(string format = "sha1")
    {
        var fixture = await PartitionFixture.CreateAsync(format);
        fixture.Policy = PartitionFixture.DeltasOnly;
        await fixture.Source.CommitAsync("main", [("a.txt", "one\n"), ("a.txt", "two\n"), ("a.txt", "three\n")]);
        await fixture.Source.CommitAsync("topic", "b.txt", "topic\n");
        await fixture.Source.TagAsync("light", "main");
        await fixture.Source.AnnotatedTagAsync("v1", "main");
        await fixture.CarryAsync();
        return fixture;
    }

    /// <param name="last">A full one where the source has nothing to send, and nobody knows that the destination has what a ref now
    /// names.</param>
    private static async Task AssertArrivesAsync(PartitionFixture fixture, RefCounts counts, BundleKind last = BundleKind.Delta)
    {
        var (produced, consumed) = await fixture.CarryAsync();
        Assert.Equal((last, counts), (produced.Bundle, produced.Refs));
        Assert.Equal((BundleKind.Delta, counts), (consumed.Bundle, consumed.Refs));
        await fixture.AssertEqualAsync();
    }
}
