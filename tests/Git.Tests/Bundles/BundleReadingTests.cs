using System.Text;
using Mirror.Tests.Servers;

namespace Mirror.Git.Tests.Bundles;

/// <summary>What <c>git bundle create</c> writes, we read; and the pack is what follows, byte for byte.</summary>
public class BundleReadingTests
{
    [Theory]
    [InlineData("sha1", "--version=2")]
    [InlineData("sha1", "--version=3")]
    [InlineData("sha256", "--version=3")]
    public async Task A_whole_repository_comes_with_its_refs_and_its_head(string format, string version)
    {
        var source = await SourceAsync(format);
        var bytes = await BundleFile.CreateAsync(source, version, "--all");

        foreach (var stream in new Stream[] { new MemoryStream(bytes), new StingyStream(bytes) })
        {
            var bundle = await Bundle.OpenAsync(stream, CancellationToken.None);

            Assert.Equal(format, bundle.Header.Format.Name);
            Assert.Equal(await source.ResolveAsync("main"), bundle.Header.Head?.ToString());
            Assert.Empty(bundle.Header.Prerequisites);
            Assert.Equal(
                await source.RefsAsync(), bundle.Header.Refs.ToDictionary(found => found.Name.Value, found => found.Id.ToString()));
            var pack = await BundleFile.ReadToEndAsync(bundle.Pack);
            Assert.Equal(BundleFile.PackOf(bytes), pack);
            Assert.Equal(await CountAsync(pack, format), bundle.ObjectCount);
        }
    }

    [Theory]
    [InlineData("sha1")]
    [InlineData("sha256")]
    public async Task What_git_says_of_a_prerequisite_is_left_aside(string format)
    {
        var source = await SourceAsync(format);
        var bytes = await BundleFile.CreateAsync(source, "main~1..main");
        Assert.Contains($"-{await source.ResolveAsync("main~1")} Change", Encoding.Latin1.GetString(bytes), StringComparison.Ordinal);

        var bundle = await Bundle.OpenAsync(new MemoryStream(bytes), CancellationToken.None);

        Assert.Equal([await source.ResolveAsync("main~1")], bundle.Header.Prerequisites.Select(id => id.ToString()));
        Assert.Equal(["refs/heads/main"], bundle.Header.Refs.Select(found => found.Name.Value));
        Assert.Null(bundle.Header.Head);
        Assert.Equal(BundleFile.PackOf(bytes), await BundleFile.ReadToEndAsync(bundle.Pack));
    }

    [Fact]
    public async Task A_bundle_of_head_alone_has_no_refs()
    {
        var source = await SourceAsync("sha1");

        var bundle = await Bundle.OpenAsync(new MemoryStream(await BundleFile.CreateAsync(source, "HEAD")), CancellationToken.None);

        Assert.Equal(await source.ResolveAsync("main"), bundle.Header.Head?.ToString());
        Assert.Empty(bundle.Header.Refs);
    }

    [Fact]
    public async Task What_we_wrote_we_read()
    {
        RefList refs =
        [
            new(RefName.Parse("refs/heads/z"), Id('a')),
            new(RefName.Parse("refs/heads/a"), Id('b')),
            new(RefName.Parse("refs/tags/\ud83d\ude80"), Id('c')),
        ];
        var header = new BundleHeader(ObjectFormat.Sha256, refs) { Prerequisites = [Id('d'), Id('e')], Head = Id('a') };
        var pack = EmptyPack.Of(ObjectFormat.Sha256);

        var bundle = await Bundle.OpenAsync(new StingyStream(await BundleFile.BytesAsync(header, pack)), CancellationToken.None);

        Assert.Equal(ObjectFormat.Sha256, bundle.Header.Format);
        Assert.Equal(refs, bundle.Header.Refs);
        Assert.Equal(header.Prerequisites, bundle.Header.Prerequisites);
        Assert.Equal(header.Head, bundle.Header.Head);
        Assert.Equal(0u, bundle.ObjectCount);
        Assert.Equal(pack, await BundleFile.ReadToEndAsync(bundle.Pack));
    }

    [Fact]
    public void As_many_refs_as_a_remote_may_have_stand_beside_a_prerequisite_and_HEAD()
    {
        var lines = new BundleHeaderLines();
        lines.Add("# v2 git bundle"u8);
        var id = new string('a', 40);
        lines.Add(Encoding.ASCII.GetBytes($"-{id}"));
        var line = Encoding.ASCII.GetBytes($"{id} refs/heads/x");
        for (var i = 0; i < 2_000_000; i++)
        {
            lines.Add(line);
        }
        lines.Add(Encoding.ASCII.GetBytes($"{id} HEAD"));
        Assert.False(lines.Add([]));
        Assert.Equal(2_000_000, lines.ToHeader().Refs.Count);
    }

    private static ObjectId Id(char digit) => ObjectId.Parse(new string(digit, 64));

    private static async Task<GitRepository> SourceAsync(string format)
    {
        var source = await GitRepository.CreateAsync("source", format);
        await source.CommitAsync("main", "a.txt", "one\n");
        await source.CommitAsync("main", "a.txt", "two\n");
        await source.CommitAsync("feature/x", "b.txt", "three\n");
        await source.AnnotatedTagAsync("v1", "main~1");
        return source;
    }

    /// <summary>How many objects git finds in a pack.</summary>
    private static async Task<uint> CountAsync(byte[] pack, string format)
    {
        var repository = await GitRepository.CreateAsync("count", format);
        await new Command("git", "unpack-objects", "-q") { Directory = repository.Path, Input = pack }.RunAsync();
        return (uint)(await repository.GitAsync("cat-file", "--batch-all-objects", "--batch-check")).Split('\n').Length;
    }
}
