using Mirror.Git;
using Mirror.Tests.Servers;

namespace Mirror.Mirroring.Tests.Bucket;

/// <summary>The figure that anybody can work out with git, sort and sha256sum.</summary>
public class RefsDigestTests
{
    // As the comment of RefsDigest has it.
    private const string ByHand = "git for-each-ref --format='%(objectname) %(refname)' refs/heads refs/tags | LC_ALL=C sort | sha256sum";

    [Theory]
    [InlineData("sha1")]
    [InlineData("sha256")]
    public async Task It_is_what_the_shell_says(string format)
    {
        var repository = await GitRepository.CreateAsync("digest", format);
        await AssertSameAsync(repository);

        var first = await repository.CommitAsync("main", "a.txt", "one\n");
        var second = await repository.CommitAsync("zebra", "b.txt", "two\n");
        // The ids come first in the order; where they are equal, the names' bytes: beyond the basic plane UTF-16 sorts otherwise.
        string[] names =
        [
            "a", "a-", "a0", "A", "\u00e9", "\ud7ff", "\ue000", "\uff5e", "\uffff", "\ud83d\ude80", "\ud83d\ude80a", "\udbff\udffd",
            "a\ud83d\ude80", "a\uff5e", "x\"'$y",
        ];
        foreach (var name in names)
        {
            await repository.SetRefAsync($"refs/heads/many/{name}", second);
            await repository.SetRefAsync($"refs/tags/{name}", first);
        }
        await repository.AnnotatedTagAsync("annotated", "main");
        await repository.SetRefAsync("refs/notes/commits", first);
        await AssertSameAsync(repository);
    }

    [Fact]
    public void It_does_not_depend_on_the_order_given()
    {
        const int seed = 8;
        var random = new Random(seed);
        Ref[] refs =
        [
            .. Enumerable.Range(0, 200).Select(i =>
                new Ref(RefName.Parse($"refs/heads/{"a\uff5e\u00e9z"[i % 4]}{i}"), ObjectId.Parse(new string("ab"[i % 2], 40)))),
        ];
        var digest = RefsDigest.Of(refs);
        for (var i = 0; i < 20; i++)
        {
            random.Shuffle(refs);
            Assert.True(RefsDigest.Of(refs) == digest, $"seed {seed}, round {i}");
        }
    }

    private static async Task AssertSameAsync(GitRepository repository)
    {
        var said = await new Command("bash", "-c", ByHand) { Directory = repository.Path }.RunAsync();
        var refs = (await repository.RefsAsync()).Where(pair => !pair.Key.StartsWith("refs/notes/", StringComparison.Ordinal))
            .Select(pair => new Ref(RefName.Parse(pair.Key), ObjectId.Parse(pair.Value)));

        Assert.Equal(said.Split(' ')[0], RefsDigest.Of(refs));
    }
}
