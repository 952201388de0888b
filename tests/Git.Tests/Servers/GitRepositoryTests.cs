using Mirror.Tests.Servers;

namespace Mirror.Git.Tests.Servers;

public class GitRepositoryTests
{
    [Theory]
    [InlineData("sha1", 40)]
    [InlineData("sha256", 64)]
    public async Task Commits_tags_and_refs_are_those_that_git_sees(string objectFormat, int idSize)
    {
        var repository = await GitRepository.CreateAsync("made", objectFormat);
        var first = await repository.CommitAsync("main", "a.txt", "one\n");
        var second = await repository.CommitAsync("main", "dir/b c.txt", "zwei ä\n");
        var light = await repository.TagAsync("light", "main");
        var annotated = await repository.AnnotatedTagAsync("v1", "main");
        await repository.SetRefAsync("refs/heads/old", first);
        await repository.SetRefAsync("refs/heads/gone", first);
        await repository.DeleteRefAsync("refs/heads/gone");

        var refs = await repository.RefsAsync();

        Assert.Equal(idSize, first.Length);
        Assert.Equal(
            new SortedDictionary<string, string>(StringComparer.Ordinal)
            {
                ["refs/heads/main"] = second,
                ["refs/heads/old"] = first,
                ["refs/tags/light"] = second,
                ["refs/tags/v1"] = annotated,
            },
            refs);
        Assert.Equal(second, light);
        Assert.Equal(first, await repository.ResolveAsync("main~1"));
        Assert.Equal("zwei ä", await repository.GitAsync("show", "main:dir/b c.txt"));
        await repository.FsckAsync();
    }

    [Fact]
    public async Task The_same_changes_make_the_same_ids_everywhere()
    {
        var left = await GitRepository.CreateAsync();
        var right = await GitRepository.CreateAsync();

        Assert.Equal(await left.CommitAsync("main", "a", "1"), await right.CommitAsync("main", "a", "1"));
        var last = await left.CommitAsync("main", Enumerable.Range(0, 500).Select(i => ("a", $"{i}")));
        Assert.Equal("e67cdc02856b3d16e68ca036fbd3ad00fc26bb42", last);
        Assert.Equal("501", await left.GitAsync("rev-list", "--count", "main"));
    }

    [Fact]
    public async Task An_empty_repository_is_clean_and_a_broken_one_is_not()
    {
        var repository = await GitRepository.CreateAsync();
        await repository.FsckAsync();
        Assert.Empty(await repository.RefsAsync());

        await repository.CommitAsync("main", "a", "1");
        var blob = await repository.ResolveAsync("main:a");
        File.Delete(Path.Combine(repository.Path, "objects", blob[..2], blob[2..]));

        await Assert.ThrowsAnyAsync<Xunit.Sdk.XunitException>(repository.FsckAsync);
    }

    [Fact]
    public async Task A_failed_command_says_what_git_said()
    {
        var repository = await GitRepository.CreateAsync();

        var failure = await Assert.ThrowsAsync<CommandFailedException>(() => repository.ResolveAsync("nosuch"));

        Assert.Contains("fatal: Needed a single revision", failure.Message, StringComparison.Ordinal);
    }

    [CorporaFact]
    public async Task A_corpus_is_served_like_any_repository()
    {
        var corpus = await Corpora.OpenAsync("e-octopus");
        var apache = await ApacheServer.SharedAsync();

        var listing = await GitCommand.RunAsync(Scratch.Root, "ls-remote", apache.Url(corpus), "refs/heads/*");

        Assert.Equal((await corpus.RefsAsync()).Count, listing.Split('\n').Length);
    }
}
