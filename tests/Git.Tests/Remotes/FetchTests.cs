using Mirror.Tests.Servers;

namespace Mirror.Git.Tests.Remotes;

/// <summary>What comes from real servers, by every way, judged by git itself.</summary>
public class FetchTests
{
    // For those who only read it.
    private static readonly Lazy<Task<GitRepository>> Shared = new(() => SourceAsync("sha1"));

    private static readonly RefPattern[] Everything = [RefPattern.Parse("refs/*")];

    [Theory]
    [MemberData(nameof(Remote.Ways), MemberType = typeof(Remote))]
    public Task A_clone_and_an_update_are_whole(string way) => CloneAndUpdateAsync(way, "sha1");

    [Theory]
    [MemberData(nameof(Remote.WaysToRead), MemberType = typeof(Remote))]
    public Task A_clone_and_an_update_of_a_sha256_repository_are_whole(string way) => CloneAndUpdateAsync(way, "sha256");

    private static async Task CloneAndUpdateAsync(string way, string objectFormat)
    {
        var source = await SourceAsync(objectFormat);
        var copy = await GitRepository.CreateAsync("copy", objectFormat);

        var (all, _) = await FetchAsync(await Remote.ToAsync(source, way), copy);
        Assert.Equal(await source.RefsAsync(), await copy.RefsAsync());

        var old = await source.ResolveAsync("main");
        await source.CommitAsync("main", [("a.txt", Text(31)), ("b.txt", "new\n")]);
        await source.CommitAsync("other", "c.txt", Text(5));
        await source.AnnotatedTagAsync("v2", "main");
        var (update, common) = await FetchAsync(await Remote.ToAsync(source, way), copy);

        Assert.Equal(await source.RefsAsync(), await copy.RefsAsync());
        Assert.Contains(ObjectId.Parse(old), common);
        Assert.InRange(update, 1, all / 2);
    }

    [Theory]
    [MemberData(nameof(Remote.Ways), MemberType = typeof(Remote))]
    public async Task Refs_are_those_that_git_lists(string way)
    {
        var source = await Shared.Value;
        await using var remote = (await Remote.ToAsync(source, way)).Read();

        var listing = await remote.ListAsync(Everything, CancellationToken.None);

        Assert.Equal(await source.RefsAsync(), listing.Refs.ToDictionary(found => found.Name.Value, found => found.Id.ToString()));
        Assert.Equal(("main", await source.ResolveAsync("main")), (listing.Head?.Familiar, listing.HeadId?.ToString()));
        foreach (var tag in listing.Refs.Where(found => listing.Peeled.ContainsKey(found.Id)))
        {
            Assert.Equal(await source.ResolveAsync($"{tag.Name}^{{}}"), listing.Peeled[tag.Id].ToString());
        }
        Assert.Equal(["of-blob", "of-tag", "v1"],
            listing.Refs.Where(found => listing.Peeled.ContainsKey(found.Id)).Select(found => found.Name.Familiar));
    }

    [Theory]
    [MemberData(nameof(Remote.WaysToRead), MemberType = typeof(Remote))]
    public async Task Only_what_the_patterns_name_is_listed(string way)
    {
        await using var remote = (await Remote.ToAsync(await Shared.Value, way)).Read();

        var listing = await remote.ListAsync(
            [RefPattern.Parse("refs/heads/*er"), RefPattern.Parse("refs/tags/v1")], CancellationToken.None);

        Assert.Equal(["refs/heads/other", "refs/tags/v1"], listing.Refs.Select(found => found.Name.Value));
    }

    [Theory]
    [MemberData(nameof(Remote.WaysToRead), MemberType = typeof(Remote))]
    public async Task An_empty_repository_has_no_refs(string way)
    {
        await using var remote = (await Remote.ToAsync(await GitRepository.CreateAsync(), way)).Read();

        var listing = await remote.ListAsync(Everything, CancellationToken.None);

        Assert.Empty(listing.Refs);
        Assert.Null(listing.HeadId);
        Assert.Equal(way == "v0" ? null : "main", listing.Head?.Familiar);
    }

    [Theory]
    [MemberData(nameof(Remote.WaysToRead), MemberType = typeof(Remote))]
    public async Task What_the_server_does_not_have_is_not_common(string way)
    {
        var source = await Shared.Value;
        var have = ObjectId.Parse(await source.ResolveAsync("main~3"));
        // v0 says "ready" of such a one once it knows enough, which looks much like an acknowledgment.
        var unknown = Enumerable.Range(1, 300).Select(i => ObjectId.Parse($"{i:x40}"));
        await using var remote = (await Remote.ToAsync(source, way)).Read();
        await remote.ListAsync(Everything, CancellationToken.None);

        var request = new FetchRequest([ObjectId.Parse(await source.ResolveAsync("main"))], [have, .. unknown]);
        var fetch = await remote.FetchAsync(request, CancellationToken.None);

        Assert.Equal([have], fetch.Common);
        Assert.Equal("PACK", System.Text.Encoding.ASCII.GetString(await ReadAsync(fetch.Pack), 0, 4));
    }

    [Theory]
    [MemberData(nameof(Remote.WaysToRead), MemberType = typeof(Remote))]
    public async Task A_ref_that_moved_meanwhile_is_said_to_have_moved(string way)
    {
        await using var remote = (await Remote.ToAsync(await Shared.Value, way)).Read();
        await remote.ListAsync(Everything, CancellationToken.None);

        var failure = await Assert.ThrowsAsync<RemoteException>(async () =>
            await ReadAsync((await remote.FetchAsync(new FetchRequest([ObjectId.Parse($"{1:x40}")], []), CancellationToken.None)).Pack));

        Assert.Equal((RemoteFailure.Moved, "fetch", true), (failure.Failure, failure.Stage, failure.IsTransient));
    }

    [Theory]
    [MemberData(nameof(Remote.WaysToRead), MemberType = typeof(Remote))]
    public async Task A_shallow_repository_is_refused(string way)
    {
        var source = await Shared.Value;
        var shallow = await GitRepository.CreateAsync("shallow");
        await shallow.GitAsync("fetch", "--quiet", "--depth=2", source.FileUrl, "main:main");
        await using var remote = (await Remote.ToAsync(shallow, way)).Read();
        var listing = await remote.ListAsync(Everything, CancellationToken.None);

        var failure = await Assert.ThrowsAsync<RemoteException>(
            () => remote.FetchAsync(new FetchRequest([listing.Refs[0].Id], []), CancellationToken.None));

        Assert.Equal(RemoteFailure.Unsupported, failure.Failure);
    }

    [Theory]
    [InlineData("v2")]
    [InlineData("v0")]
    public async Task Progress_is_heard_if_asked_for(string way)
    {
        var source = await Shared.Value;
        var lines = new List<string>();
        await using var remote = (await Remote.ToAsync(source, way)).Read();
        var listing = await remote.ListAsync(Everything, CancellationToken.None);

        var fetch = await remote.FetchAsync(new FetchRequest([listing.HeadId!.Value], []) { Progress = lines.Add }, CancellationToken.None);
        await ReadAsync(fetch.Pack);

        Assert.Contains(lines, line => line.StartsWith("Total ", StringComparison.Ordinal));
    }

    /// <summary>Brings a copy to the state of the remote; says how large the pack was and what was common.</summary>
    private static async Task<(int Size, IReadOnlySet<ObjectId> Common)> FetchAsync(Remote from, GitRepository copy)
    {
        await using var remote = from.Read();
        var listing = await remote.ListAsync(Everything, CancellationToken.None);
        var haves = (await copy.RefsAsync()).Values.Select(ObjectId.Parse).ToHashSet();
        var fetch = await remote.FetchAsync(
            new FetchRequest([.. listing.Refs.Select(found => found.Id).Except(haves)], haves), CancellationToken.None);
        var pack = await ReadAsync(fetch.Pack);

        await (GitCommand.Of("index-pack", "--fix-thin", "--stdin", "--strict") with { Directory = copy.Path, Input = pack }).RunAsync();
        foreach (var found in listing.Refs)
        {
            await copy.SetRefAsync(found.Name.Value, found.Id.ToString());
        }
        await copy.FsckAsync();
        return (pack.Length, fetch.Common);
    }

    /// <summary>Branches, a light tag, and tags of a commit, of a blob and of a tag.</summary>
    private static async Task<GitRepository> SourceAsync(string objectFormat)
    {
        var source = await GitRepository.CreateAsync("source", objectFormat);
        await source.CommitAsync("main", Enumerable.Range(1, 30).Select(i => ("a.txt", Text(i))));
        await source.CommitAsync("other", "b.txt", "other\n");
        await source.TagAsync("light", "main~5");
        await source.AnnotatedTagAsync("v1", "main~10");
        await source.AnnotatedTagAsync("of-tag", "v1");
        await source.AnnotatedTagAsync("of-blob", "main:a.txt");
        return source;
    }

    private static string Text(int version) => string.Concat(Enumerable.Range(version, 200).Select(i => $"line {i} of {i * 7919}\n"));

    private static async Task<byte[]> ReadAsync(Stream pack)
    {
        using var all = new MemoryStream();
        await pack.CopyToAsync(all);
        return all.ToArray();
    }
}
