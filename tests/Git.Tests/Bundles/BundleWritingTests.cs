using System.Text;
using Mirror.Tests.Servers;

namespace Mirror.Git.Tests.Bundles;

/// <summary>
/// What we write, git takes: <c>git bundle verify</c>, <c>git bundle list-heads</c>, <c>git clone</c> and <c>git fetch</c>.
/// </summary>
public class BundleWritingTests
{
    [Theory]
    [InlineData("sha1")]
    [InlineData("sha256")]
    public async Task A_full_bundle_verifies_lists_its_refs_and_clones(string format)
    {
        var source = await GitRepository.CreateAsync("source", format);
        var head = await source.CommitAsync("main", "a.txt", "one\n");
        await source.CommitAsync("other", "b.txt", "two\n");
        await source.AnnotatedTagAsync("v1", "main");
        var refs = await BundleFile.RefsAsync(source);
        var header = new BundleHeader(FormatOf(format), refs) { Head = ObjectId.Parse(head) };
        var path = await BundleFile.WriteAsync(header, await BundleFile.PackAllAsync(source));

        await source.GitAsync("bundle", "verify", path);
        Assert.Equal(Lines(refs).Append($"{head} HEAD"), await ListAsync(path));
        var clone = Path.Combine(Scratch.NewFolder("clone"), "c");
        await GitCommand.RunAsync(Scratch.Root, "clone", "--quiet", path, clone);
        Assert.Equal("main", await GitCommand.RunAsync(clone, "branch", "--show-current"));
        Assert.Equal("one\n", await File.ReadAllTextAsync(Path.Combine(clone, "a.txt")));
        await GitCommand.RunAsync(clone, "fsck", "--strict");
    }

    [Fact]
    public async Task Without_a_head_a_clone_has_the_refs_and_checks_nothing_out()
    {
        var source = await GitRepository.CreateAsync();
        await source.CommitAsync("trunk", "a.txt", "one\n");
        var path = await BundleFile.WriteAsync(
            new BundleHeader(ObjectFormat.Sha1, await BundleFile.RefsAsync(source)), await BundleFile.PackAllAsync(source));

        var clone = Path.Combine(Scratch.NewFolder("clone"), "c");
        await GitCommand.RunAsync(Scratch.Root, "clone", "--quiet", path, clone);

        Assert.False(File.Exists(Path.Combine(clone, "a.txt")));
        Assert.Equal("refs/remotes/origin/trunk", await GitCommand.RunAsync(clone, "for-each-ref", "--format=%(refname)"));
    }

    [Theory]
    [InlineData("sha1")]
    [InlineData("sha256")]
    public async Task A_bundle_with_prerequisites_is_taken_where_they_are_and_nowhere_else(string format)
    {
        var source = await GitRepository.CreateAsync("source", format);
        var first = await source.CommitAsync("main", "a.txt", "one\n");
        var target = await GitRepository.CreateAsync("target", format);
        await source.GitAsync("push", "--quiet", target.Path, "main");
        await source.CommitAsync("main", "a.txt", "two\n");
        var header = new BundleHeader(FormatOf(format), await BundleFile.RefsAsync(source)) { Prerequisites = [ObjectId.Parse(first)] };
        var path = await BundleFile.WriteAsync(header, await BundleFile.PackAsync(source, "main", $"^{first}"));

        Assert.Contains(first, await target.GitAsync("bundle", "verify", path), StringComparison.Ordinal);
        await FetchAsync(target, path);
        Assert.Equal(await source.RefsAsync(), await target.RefsAsync());
        await target.FsckAsync();
        var stranger = await GitRepository.CreateAsync("stranger", format);
        var refused = await new Command("git", "bundle", "verify", path) { Directory = stranger.Path }.TryRunAsync();
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains("lacks these prerequisite commits", refused.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sha1")]
    [InlineData("sha256")]
    public async Task A_bundle_of_no_objects_rewinds_deletes_and_adds_refs(string format)
    {
        var target = await GitRepository.CreateAsync("target", format);
        var first = await target.CommitAsync("main", "a.txt", "one\n");
        await target.CommitAsync("main", "a.txt", "two\n");
        await target.SetRefAsync("refs/heads/old", first);
        RefList refs =
            [new(RefName.Parse("refs/heads/main"), ObjectId.Parse(first)), new(RefName.Parse("refs/heads/new"), ObjectId.Parse(first))];
        var header = new BundleHeader(FormatOf(format), refs) { Prerequisites = [ObjectId.Parse(first)] };
        var path = await BundleFile.WriteAsync(header, EmptyPack.Of(header.Format));

        await target.GitAsync("bundle", "verify", path);
        await FetchAsync(target, path);

        Assert.Equal(
            [("refs/heads/main", first), ("refs/heads/new", first)], (await target.RefsAsync()).Select(pair => (pair.Key, pair.Value)));
        await target.FsckAsync();
    }

    [Fact]
    public async Task Very_many_refs_are_written_in_pieces_and_none_is_lost()
    {
        var source = await GitRepository.CreateAsync();
        var tip = await source.CommitAsync("main", "a.txt", "one\n");
        RefList refs =
            [.. Enumerable.Range(0, 5000).Select(i => new Ref(RefName.Parse($"refs/heads/branch-é-{i:d5}"), ObjectId.Parse(tip)))];
        var header = new BundleHeader(ObjectFormat.Sha1, refs) { Head = ObjectId.Parse(tip) };
        var path = await BundleFile.WriteAsync(header, await BundleFile.PackAllAsync(source));

        await source.GitAsync("bundle", "verify", path);
        Assert.Equal(Lines(refs).Append($"{tip} HEAD"), await ListAsync(path));
        await using var file = File.OpenRead(path);
        Assert.Equal(Lines(refs), Lines((await Bundle.OpenAsync(file, CancellationToken.None)).Header.Refs));
    }

    [Fact]
    public async Task The_header_is_what_the_format_says()
    {
        var (a, b) = (new string('a', 40), new string('b', 40));
        RefList refs = [new(RefName.Parse("refs/heads/main"), ObjectId.Parse(a))];
        var header = new BundleHeader(ObjectFormat.Sha1, refs) { Prerequisites = [ObjectId.Parse(b)], Head = ObjectId.Parse(a) };

        Assert.Equal(
            $"# v2 git bundle\n-{b}\n{a} refs/heads/main\n{a} HEAD\n\n", Encoding.UTF8.GetString(await BundleFile.BytesAsync(header, [])));
        Assert.Equal(
            "# v3 git bundle\n@object-format=sha256\n\n",
            Encoding.UTF8.GetString(await BundleFile.BytesAsync(new BundleHeader(ObjectFormat.Sha256, []), [])));
    }

    private static Task<string> FetchAsync(GitRepository target, string path) =>
        target.GitAsync("fetch", "--quiet", "--prune", "--update-head-ok", path, "+refs/heads/*:refs/heads/*");

    private static async Task<string[]> ListAsync(string path) =>
        (await GitCommand.RunAsync(Scratch.Root, "bundle", "list-heads", path)).Split('\n');

    private static IEnumerable<string> Lines(RefList refs) => refs.Select(found => $"{found.Id} {found.Name}");

    private static ObjectFormat FormatOf(string name) => name == "sha256" ? ObjectFormat.Sha256 : ObjectFormat.Sha1;
}
