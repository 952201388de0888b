using Mirror.Git;
using Mirror.Tests.Servers;

namespace Mirror.Mirroring.Tests.Sync;

/// <summary>What a sync does to the target's refs; git is the judge.</summary>
public sealed class BrokerTests
{
    public static TheoryData<string, string> Routes()
    {
        string[] sources = ["file", "git", "v0", "auth", "ssh"];
        string[] targets = ["file", "git", "auth", "ssh"];
        var routes = new TheoryData<string, string>();
        foreach (var (source, target) in sources.SelectMany(source => targets.Select(target => (source, target))))
        {
            routes.Add(source, target);
        }
        return routes;
    }

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task Every_route_carries_branches_tags_rewinds_and_deletes(string from, string to)
    {
        var pair = await SyncFixture.CreateAsync();
        await pair.Source.CommitAsync("main", [("a.txt", "one\n"), ("b.txt", "two\n")]);
        await pair.Source.CommitAsync("topic", "c.txt", "three\n");
        await pair.Source.AnnotatedTagAsync("v1", "main");
        await pair.Source.AnnotatedTagAsync("v1-signed", "v1");
        var settings = new RemoteSettings
        {
            Http = new HttpAccess(authorities: null),
            SshCommand = (await SshServer.SharedAsync()).Command,
            FindCredential = (_, _, _) => ValueTask.FromResult<Credential?>(new Credential(ApacheServer.Username, ApacheServer.Password)),
        };
        var request = pair.Request() with { Source = await UrlAsync(pair.Source, from), Target = await UrlAsync(pair.Target, to) };

        var first = await pair.SyncAsync(request, settings);
        Assert.Null(first.Error);
        Assert.Equal((OutcomeKind.Updated, new RefCounts(4, 0, 0, 0)), (first.Kind, first.Refs));
        await pair.AssertEqualAsync();

        await pair.Source.SetRefAsync("refs/heads/main", "main~1");
        await pair.Source.DeleteRefAsync("refs/heads/topic");
        await pair.Source.CommitAsync("new", "d.txt", "four\n");
        await pair.Source.GitAsync("tag", "--force", "v1", "main");
        var second = await pair.SyncAsync(request, settings);
        Assert.Null(second.Error);
        Assert.Equal((OutcomeKind.Updated, new RefCounts(1, 2, 1, 0)), (second.Kind, second.Refs));
        await pair.AssertEqualAsync();

        var third = await pair.SyncAsync(request, settings);
        Assert.Equal((OutcomeKind.Unchanged, default), (third.Kind, third.Refs));
    }

    [Fact]
    public async Task A_branch_may_have_another_name_at_the_target()
    {
        var pair = await SyncFixture.CreateAsync();
        var tip = await pair.Source.CommitAsync("master", "a.txt", "one\n");
        await pair.Source.CommitAsync("other", "b.txt", "two\n");

        await pair.SyncAsync("refs/heads/master:refs/heads/main");

        Assert.Equal([KeyValuePair.Create("refs/heads/main", tip)], await pair.Target.RefsAsync());
    }

    [Fact]
    public async Task Refs_that_the_map_does_not_name_are_left_alone()
    {
        var pair = await SyncFixture.CreateAsync();
        await pair.Source.CommitAsync("main", "a.txt", "one\n");
        await pair.Source.CommitAsync("tmp/x", "a.txt", "x\n");
        var own = await pair.Target.CommitAsync("tmp/own", "own.txt", "own\n");
        await pair.Target.SetRefAsync("refs/notes/own", own);
        await pair.Target.SetRefAsync("refs/heads/gone", own);

        var outcome = await pair.SyncAsync("refs/heads/*", "^refs/heads/tmp/*");

        Assert.Equal(new RefCounts(1, 0, 1, 0), outcome.Refs);
        Assert.Equal(["refs/heads/main", "refs/heads/tmp/own", "refs/notes/own"], (await pair.Target.RefsAsync()).Keys);
    }

    [Fact]
    public async Task Without_prune_nothing_is_deleted()
    {
        var pair = await SyncFixture.CreateAsync();
        await pair.Source.CommitAsync("main", "a.txt", "one\n");
        await pair.Target.CommitAsync("old", "b.txt", "two\n");

        var outcome = await pair.SyncAsync(pair.Request() with { Prune = false });

        Assert.Equal(new RefCounts(1, 0, 0, 0), outcome.Refs);
        Assert.Contains("refs/heads/old", (await pair.Target.RefsAsync()).Keys);
    }

    [Fact]
    public async Task A_dry_run_says_what_would_change_and_changes_nothing()
    {
        var pair = await SyncFixture.CreateAsync();
        await pair.Source.CommitAsync("main", "a.txt", "one\n");

        var outcome = await pair.SyncAsync(pair.Request() with { DryRun = true });

        Assert.Equal((OutcomeKind.Updated, "refs/heads/main"), (outcome.Kind, Assert.Single(outcome.Changes).Name.Value));
        Assert.Empty(await pair.Target.RefsAsync());
    }

    [Fact]
    public async Task A_branch_that_becomes_a_folder_of_branches_arrives_in_two_pushes()
    {
        var pair = await SyncFixture.CreateAsync();
        await pair.Source.CommitAsync("main", "m.txt", "m\n");
        await pair.Source.CommitAsync("a", "a.txt", "one\n");
        await pair.SyncAsync();
        await pair.Source.DeleteRefAsync("refs/heads/a");
        await pair.Source.CommitAsync("a/b", "b.txt", "two\n");

        var outcome = await pair.SyncAsync();

        Assert.Equal((OutcomeKind.Updated, new RefCounts(1, 0, 1, 0)), (outcome.Kind, outcome.Refs));
        await pair.AssertEqualAsync();
    }

    [Fact]
    public async Task An_empty_source_to_an_empty_target_is_unchanged()
    {
        var pair = await SyncFixture.CreateAsync();

        Assert.Equal(OutcomeKind.Unchanged, (await pair.SyncAsync()).Kind);
    }

    [Fact]
    public async Task A_source_that_is_suddenly_empty_is_held()
    {
        var pair = await SyncFixture.CreateAsync();
        // Not the branch of HEAD, which git itself would not let go.
        var tip = await pair.Target.CommitAsync("topic", "a.txt", "one\n");

        var outcome = await pair.SyncAsync();

        Assert.Equal((OutcomeKind.Held, "empty-source"), (outcome.Kind, outcome.Error?.Reason.Word));
        Assert.Equal(tip, (await pair.Target.RefsAsync())["refs/heads/topic"]);
        Assert.Equal(OutcomeKind.Updated, (await pair.SyncAsync(pair.Request() with { AllowMassDelete = true })).Kind);
        Assert.Empty(await pair.Target.RefsAsync());
    }

    [Theory]
    [InlineData(11, 10, true)]
    [InlineData(11, 11, false)]
    [InlineData(10, 9, false)]
    public async Task More_than_half_and_more_than_ten_deletes_are_held(int gone, int kept, bool isHeld)
    {
        var pair = await SyncFixture.CreateAsync();
        var tip = await pair.Source.CommitAsync("kept", "a.txt", "one\n");
        await pair.SyncAsync();
        for (var i = 0; i < gone + kept - 1; i++)
        {
            await pair.Target.SetRefAsync($"refs/heads/b{i}", tip);
            await (i < gone ? Task.CompletedTask : pair.Source.SetRefAsync($"refs/heads/b{i}", tip));
        }

        var outcome = await pair.SyncAsync();

        Assert.Equal(isHeld ? OutcomeKind.Held : OutcomeKind.Updated, outcome.Kind);
        Assert.Equal(isHeld ? gone + kept : kept, (await pair.Target.RefsAsync()).Count);
    }

    [Fact]
    public async Task Sha256_goes_to_sha256_and_is_refused_in_words_by_sha1()
    {
        var pair = await SyncFixture.CreateAsync("sha256");
        await pair.Source.CommitAsync("main", "a.txt", "one\n");
        await pair.Source.AnnotatedTagAsync("v1", "main");
        await pair.SyncAsync();
        await pair.AssertEqualAsync();

        var sha1 = new SyncFixture { Source = pair.Source, Target = await GitRepository.CreateAsync() };
        var outcome = await sha1.SyncAsync();

        Assert.Equal((OutcomeKind.Failed, "unsupported"), (outcome.Kind, outcome.Error?.Reason.Word));
        Assert.Contains("the source has sha256 objects and the target sha1", outcome.Error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_repository_is_named_with_the_stage()
    {
        var pair = await SyncFixture.CreateAsync();
        var outcome = await pair.SyncAsync(pair.Request() with { Source = Remotes.Url("/nowhere/x.git") });

        Assert.Equal((OutcomeKind.Failed, "not-found"), (outcome.Kind, outcome.Error?.Reason.Word));
        Assert.StartsWith("/nowhere/x.git: read refs: ", outcome.Error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_that_is_not_utf8_is_reported_and_the_rest_arrives()
    {
        var pair = await SyncFixture.CreateAsync();
        var tip = await pair.Source.CommitAsync("main", "a.txt", "one\n");
        await File.AppendAllBytesAsync(
            Path.Combine(pair.Source.Path, "packed-refs"), [.. System.Text.Encoding.ASCII.GetBytes($"{tip} refs/heads/b"), 0xe4, 0x0a]);

        var outcome = await pair.SyncAsync();

        Assert.Equal((OutcomeKind.Failed, new RefCounts(1, 0, 0, 1)), (outcome.Kind, outcome.Refs));
        Assert.Contains(@"refs/heads/b\xe4", Assert.Single(outcome.Error!.Refs).Key, StringComparison.Ordinal);
        Assert.Equal(["refs/heads/main"], (await pair.Target.RefsAsync()).Keys);
    }

    [Fact]
    public async Task A_literal_ref_that_the_source_lacks_is_named()
    {
        var pair = await SyncFixture.CreateAsync();
        await pair.Source.CommitAsync("main", "a.txt", "one\n");

        var outcome = await pair.SyncAsync("refs/heads/mian");

        Assert.Equal("refs-refused", outcome.Error?.Reason.Word);
        Assert.Contains("the source has no ref refs/heads/mian", outcome.Error!.Refs["refs/heads/mian"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_misspelt_ref_does_not_delete_its_copy_and_the_rest_arrives()
    {
        var pair = await SyncFixture.CreateAsync();
        await pair.Source.CommitAsync("topic", "a.txt", "one\n");
        await pair.Source.TagAsync("v1", "topic");
        var copy = await pair.Target.CommitAsync("main", "b.txt", "two\n");

        var outcome = await pair.SyncAsync("refs/tags/*", "refs/heads/tpoic:refs/heads/main");

        Assert.Equal((OutcomeKind.Failed, new RefCounts(1, 0, 0, 1)), (outcome.Kind, outcome.Refs));
        Assert.Equal(copy, (await pair.Target.RefsAsync())["refs/heads/main"]);
    }

    [CorporaFact]
    public async Task Every_odd_repository_of_the_corpora_arrives_whole()
    {
        foreach (var name in (string[])["e-empty", "e-unborn", "e-detached", "e-tagtag", "e-octopus", "e-sha256"])
        {
            var source = await Corpora.OpenAsync(name);
            var pair = new SyncFixture
            { Source = source, Target = await GitRepository.CreateAsync("target", name == "e-sha256" ? "sha256" : "sha1") };
            Assert.Null((await pair.SyncAsync("refs/*")).Error);
            Assert.Equal(await source.RefsAsync(), await pair.Target.RefsAsync());
            // Once more with everything there, so that tags, trees and blobs are among the haves.
            await pair.Target.GitAsync("update-ref", "-d", "refs/heads/main");
            Assert.Null((await pair.SyncAsync("refs/*")).Error);
            Assert.Equal(await source.RefsAsync(), await pair.Target.RefsAsync());
        }
    }

    private static async Task<RemoteUrl> UrlAsync(GitRepository repository, string route)
    {
        var apache = await ApacheServer.SharedAsync();
        return Remotes.Url(route switch
        {
            "file" => repository.FileUrl,
            "ssh" => (await SshServer.SharedAsync()).Url(repository),
            "v0" => apache.Url(repository, Route.V0),
            "auth" => apache.Url(repository, Route.Auth),
            _ => apache.Url(repository, Route.Git),
        });
    }
}
