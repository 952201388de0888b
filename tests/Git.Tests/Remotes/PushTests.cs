using Mirror.Tests.Servers;

namespace Mirror.Git.Tests.Remotes;

/// <summary>Pushes to real servers, by every way, judged by git itself.</summary>
public class PushTests
{
    [Theory]
    [MemberData(nameof(Remote.Ways), MemberType = typeof(Remote))]
    public Task Refs_are_created_moved_rewound_and_deleted(string way) => PushAllAsync(way, "sha1");

    [Theory]
    [MemberData(nameof(Remote.WaysToWrite), MemberType = typeof(Remote))]
    public Task Refs_of_a_sha256_repository_are_too(string way) => PushAllAsync(way, "sha256");

    private static async Task PushAllAsync(string way, string objectFormat)
    {
        var (source, target) =
            (await GitRepository.CreateAsync("source", objectFormat), await GitRepository.CreateAsync("target", objectFormat));
        var remote = await Remote.ToAsync(target, way);
        await source.CommitAsync("main", Enumerable.Range(1, 20).Select(i => ("a.txt", $"{i}\n")));
        await source.CommitAsync("topic", "b.txt", "topic\n");
        await source.AnnotatedTagAsync("v1", "main~2");
        await MirrorAsync(source, target, remote);

        await source.CommitAsync("main", "a.txt", "more\n");
        await source.SetRefAsync("refs/heads/topic", "main~10");
        await source.SetRefAsync("refs/heads/old", "main~15");
        await source.DeleteRefAsync("refs/tags/v1");
        await MirrorAsync(source, target, remote);

        // Nothing new but names: an empty pack; then deletes alone: none.
        await source.SetRefAsync("refs/heads/again", "main~3");
        await MirrorAsync(source, target, remote);
        await source.DeleteRefAsync("refs/heads/again");
        await source.DeleteRefAsync("refs/heads/old");
        await MirrorAsync(source, target, remote);
    }

    [Theory]
    [MemberData(nameof(Remote.WaysToWrite), MemberType = typeof(Remote))]
    public async Task An_atomic_push_is_all_or_nothing(string way)
    {
        var target = await TargetAsync();
        await target.InstallHookAsync("update", "[ \"$1\" != refs/heads/locked ] || { echo \"$1 is protected\" >&2; exit 1; }");
        var tip = ObjectId.Parse(await target.ResolveAsync("main"));
        RefCommand[] commands = [Create("free", tip), Create("locked", tip)];

        var (atomic, _) = await PushAsync(await Remote.ToAsync(target, way), new PushRequest(commands) { Atomic = true });
        Assert.Equal(["refs/heads/main"], (await target.RefsAsync()).Keys);
        var (each, _) = await PushAsync(await Remote.ToAsync(target, way), new PushRequest(commands));
        Assert.Equal(["refs/heads/free", "refs/heads/main"], (await target.RefsAsync()).Keys);

        Assert.Equal(["free", "locked"], atomic.Refused.Select(refused => refused.Key.Familiar).Order());
        Assert.Equal([("locked", "hook declined")], each.Refused.Select(refused => (refused.Key.Familiar, refused.Value)));
        Assert.True(each.Accepted(commands[0].Name));
        Assert.Contains("refs/heads/locked is protected", each.Messages);
    }

    [Theory]
    [MemberData(nameof(Remote.WaysToWrite), MemberType = typeof(Remote))]
    public async Task A_ref_that_was_moved_by_others_is_refused(string way)
    {
        var target = await TargetAsync();
        var (tip, before) = (ObjectId.Parse(await target.ResolveAsync("main")), ObjectId.Parse(await target.ResolveAsync("main~1")));

        var (report, _) = await PushAsync(
            await Remote.ToAsync(target, way), new PushRequest([new(RefName.Parse("refs/heads/main"), before, before)]));

        Assert.Equal(["main"], report.Refused.Select(refused => refused.Key.Familiar));
        Assert.Equal(tip.ToString(), await target.ResolveAsync("main"));
    }

    [Theory]
    [MemberData(nameof(Remote.WaysToWrite), MemberType = typeof(Remote))]
    public async Task Push_options_reach_the_hook(string way)
    {
        var target = await TargetAsync();
        await target.ConfigAsync("receive.advertisePushOptions", "true");
        await target.InstallHookAsync("pre-receive", "echo \"$GIT_PUSH_OPTION_COUNT: $GIT_PUSH_OPTION_0, $GIT_PUSH_OPTION_1\"");
        var tip = ObjectId.Parse(await target.ResolveAsync("main"));

        var (report, offers) = await PushAsync(
            await Remote.ToAsync(target, way), new PushRequest([Create("x", tip)]) { Options = ["ci.skip", "a=ä b"] });

        Assert.True(offers);
        Assert.Contains("2: ci.skip, a=ä b", report.Messages);
    }

    [Theory]
    [MemberData(nameof(Remote.WaysToWrite), MemberType = typeof(Remote))]
    public async Task A_pack_that_is_broken_is_a_result_and_moves_nothing(string way)
    {
        var (source, target) = (await TargetAsync(), await TargetAsync());
        var tip = await source.CommitAsync("main", "new.txt", "new\n");
        var pack = await PackAsync(source, [tip], [await target.ResolveAsync("main")]);
        pack[^30] ^= 1;

        var (report, _) = await PushAsync(
            await Remote.ToAsync(target, way), new PushRequest([Create("x", ObjectId.Parse(tip))]) { WritePack = Writing(pack) });

        Assert.NotNull(report.UnpackError);
        Assert.False(report.Accepted(RefName.Parse("refs/heads/x")));
        Assert.Equal(["refs/heads/main"], (await target.RefsAsync()).Keys);
        await target.FsckAsync();
    }

    [Theory]
    [MemberData(nameof(Remote.WaysToWrite), MemberType = typeof(Remote))]
    public async Task An_object_that_is_missing_from_the_pack_is_a_result_and_moves_nothing(string way)
    {
        var target = await TargetAsync();

        var (report, _) = await PushAsync(await Remote.ToAsync(target, way), new PushRequest([Create("x", ObjectId.Parse($"{7:x40}"))]));

        Assert.Equal(["x"], report.Refused.Select(refused => refused.Key.Familiar));
        Assert.Equal(["refs/heads/main"], (await target.RefsAsync()).Keys);
    }

    [Theory]
    [MemberData(nameof(Remote.WaysToWrite), MemberType = typeof(Remote))]
    public async Task A_post_receive_hook_with_much_to_say_runs_to_its_end(string way)
    {
        var target = await TargetAsync();
        // Far more than a pipe holds.
        await target.InstallHookAsync(
            "post-receive", "i=0; while [ $i -lt 4000 ]; do echo \"a line of text that says nothing, $i\"; i=$((i+1)); done; echo end");
        var tip = ObjectId.Parse(await target.ResolveAsync("main"));

        var (report, _) = await PushAsync(await Remote.ToAsync(target, way), new PushRequest([Create("x", tip)]));

        Assert.Equal("end", report.Messages.LastOrDefault());
    }

    [Theory]
    [InlineData("v2", "ssh")]
    [InlineData("ssh", "v2")]
    [InlineData("v0", "file")]
    [InlineData("file", "tls")]
    public async Task A_pack_streams_from_one_remote_into_another(string from, string to)
    {
        var (source, target) = (await TargetAsync(), await GitRepository.CreateAsync());
        await using var upload = (await Remote.ToAsync(source, from)).Read();
        var tip = (await upload.ListAsync([RefPattern.Parse("main")], CancellationToken.None)).Refs[0].Id;
        var fetch = await upload.FetchAsync(new FetchRequest([tip], []), CancellationToken.None);

        var (report, _) = await PushAsync(
            await Remote.ToAsync(target, to), new PushRequest([Create("main", tip)]) { WritePack = fetch.Pack.CopyToAsync });

        Assert.True(report.Accepted(RefName.Parse("refs/heads/main")));
        Assert.Equal(await source.RefsAsync(), await target.RefsAsync());
        await target.FsckAsync();
    }

    [Theory]
    [MemberData(nameof(Remote.WaysToWrite), MemberType = typeof(Remote))]
    public async Task What_a_target_has_from_its_alternates_are_haves(string way)
    {
        var upstream = await TargetAsync();
        var target = await GitRepository.CreateAsync("fork");
        await File.WriteAllTextAsync(Path.Combine(target.Path, "objects", "info", "alternates"), $"{upstream.Path}/objects\n");
        await using var remote = (await Remote.ToAsync(target, way)).Write();

        var listing = await remote.ListAsync(CancellationToken.None);

        Assert.Empty(listing.Refs);
        Assert.Equal([await upstream.ResolveAsync("main")], listing.Haves.Select(have => have.ToString()));
    }

    /// <summary>Makes the target like the source, all refs in one push.</summary>
    private static async Task MirrorAsync(GitRepository source, GitRepository target, Remote to)
    {
        await using var remote = to.Write();
        var listing = await remote.ListAsync(CancellationToken.None);
        var (present, wanted) = (listing.Refs.ToDictionary(found => found.Name.Value, found => found.Id), await source.RefsAsync());
        var commands = wanted.Keys.Union(present.Keys)
            .Select(name => new RefCommand(RefName.Parse(name), Id(present, name),
                wanted.TryGetValue(name, out var id) ? ObjectId.Parse(id) : listing.Format.Null))
            .Where(command => command.Old != command.New).ToList();
        var pack = await PackAsync(source, wanted.Values, present.Values.Select(id => id.ToString()));
        var hasNew = commands.Exists(command => !command.IsDelete) && pack[11] > 0;

        var report = await remote.PushAsync(
            new PushRequest(commands) { Atomic = true, WritePack = hasNew ? Writing(pack) : null }, CancellationToken.None);

        Assert.Null(report.UnpackError);
        Assert.All(commands, command => Assert.True(report.Accepted(command.Name), $"{command}"));
        Assert.Equal(wanted, await target.RefsAsync());
        await target.FsckAsync();

        ObjectId Id(Dictionary<string, ObjectId> refs, string name) => refs.TryGetValue(name, out var id) ? id : listing.Format.Null;
    }

    private static async Task<(PushReport Report, bool OffersOptions)> PushAsync(Remote to, PushRequest request)
    {
        await using var remote = to.Write();
        await remote.ListAsync(CancellationToken.None);
        Assert.True(remote.OffersAtomic && remote.OffersDeletes && remote.TakesThinPacks && remote.TakesOffsetDeltas);
        return (await remote.PushAsync(request, CancellationToken.None), remote.OffersPushOptions);
    }

    private static async Task<byte[]> PackAsync(GitRepository source, IEnumerable<string> wants, IEnumerable<string> haves)
    {
        var revisions = string.Concat(wants.Select(want => $"{want}\n")) + string.Concat(haves.Select(have => $"^{have}\n"));
        var command = GitCommand.Of("pack-objects", "--stdout", "--revs", "--thin", "--delta-base-offset", "-q");
        var result = await (command with { Directory = source.Path, Input = System.Text.Encoding.ASCII.GetBytes(revisions) }).TryRunAsync();
        Assert.True(result.ExitCode == 0, result.Error);
        return result.Bytes;
    }

    private static Func<Stream, CancellationToken, Task> Writing(byte[] pack) =>
        (body, cancellation) => body.WriteAsync(pack, cancellation).AsTask();

    private static RefCommand Create(string branch, ObjectId id) => new(RefName.Parse($"refs/heads/{branch}"), id.Format.Null, id);

    private static async Task<GitRepository> TargetAsync()
    {
        var target = await GitRepository.CreateAsync("target");
        await target.CommitAsync("main", [("a.txt", "one\n"), ("a.txt", "two\n"), ("a.txt", "three\n")]);
        return target;
    }
}
