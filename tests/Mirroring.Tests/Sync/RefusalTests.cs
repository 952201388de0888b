namespace Mirror.Mirroring.Tests.Sync;

/// <summary>A target that says no to some refs, or that somebody else pushes to meanwhile.</summary>
public sealed class RefusalTests
{
    [Fact]
    public async Task One_protected_branch_does_not_hold_up_the_others()
    {
        var pair = await SyncFixture.CreateAsync();
        await pair.Source.CommitAsync("free", "a.txt", "one\n");
        await pair.Source.CommitAsync("protected", "b.txt", "two\n");
        await pair.Source.CommitAsync("protected-too", "c.txt", "three\n");
        await pair.Target.InstallHookAsync("update", "case $1 in *protected*) echo 'ask the owner' >&2; exit 1;; esac");

        var outcome = await pair.SyncAsync();

        Assert.Equal((OutcomeKind.Failed, new RefCounts(1, 0, 0, 2)), (outcome.Kind, outcome.Refs));
        Assert.Equal("refs-refused", outcome.Error!.Reason.Word);
        Assert.Equal(["refs/heads/protected", "refs/heads/protected-too"], outcome.Error.Refs.Keys.Order(StringComparer.Ordinal));
        Assert.All(outcome.Error.Refs.Values, why => Assert.Contains("hook declined", why, StringComparison.Ordinal));
        Assert.Contains("ask the owner", outcome.Error.Refs["refs/heads/protected"], StringComparison.Ordinal);
        Assert.Equal(["refs/heads/free"], (await pair.Target.RefsAsync()).Keys);

        // Refused again on every run, and the others still follow.
        await pair.Source.CommitAsync("free", "a.txt", "more\n");
        Assert.Equal(new RefCounts(0, 1, 0, 2), (await pair.SyncAsync()).Refs);
    }

    [Fact]
    public async Task A_pre_receive_hook_that_refuses_all_is_a_failure_for_each_ref()
    {
        var pair = await SyncFixture.CreateAsync();
        await pair.Source.CommitAsync("main", "a.txt", "one\n");
        await pair.Source.CommitAsync("topic", "b.txt", "two\n");
        await pair.Target.InstallHookAsync("pre-receive", "echo 'closed for today' >&2; exit 1");

        var outcome = await pair.SyncAsync();

        Assert.Equal((OutcomeKind.Failed, new RefCounts(0, 0, 0, 2)), (outcome.Kind, outcome.Refs));
        Assert.Contains("closed for today", outcome.Error!.Refs["refs/heads/main"], StringComparison.Ordinal);
        Assert.Empty(await pair.Target.RefsAsync());
    }

    [Fact]
    public async Task A_pre_receive_hook_that_means_one_ref_does_not_hold_up_the_others()
    {
        var pair = await SyncFixture.CreateAsync();
        foreach (var branch in (string[])["a", "b", "bad", "c", "d"])
        {
            await pair.Source.CommitAsync(branch, $"{branch}.txt", "one\n");
        }
        await pair.Target.InstallHookAsync(
            "pre-receive", "while read old new name; do case $name in */bad) echo 'bad is protected' >&2; exit 1;; esac; done");

        var outcome = await pair.SyncAsync();

        Assert.Equal((OutcomeKind.Failed, new RefCounts(4, 0, 0, 1)), (outcome.Kind, outcome.Refs));
        Assert.Contains("bad is protected", outcome.Error!.Refs["refs/heads/bad"], StringComparison.Ordinal);
        Assert.Equal(["refs/heads/a", "refs/heads/b", "refs/heads/c", "refs/heads/d"], (await pair.Target.RefsAsync()).Keys);
        await pair.Target.FsckAsync();
    }

    [Fact]
    public async Task Push_options_reach_the_hooks_or_are_missed_aloud()
    {
        var pair = await SyncFixture.CreateAsync();
        await pair.Source.CommitAsync("main", "a.txt", "one\n");
        await pair.Target.InstallHookAsync("post-receive", "echo $GIT_PUSH_OPTION_0 > seen");

        var missed = await pair.SyncAsync(pair.Request() with { PushOptions = ["ci.skip"] });
        await pair.Target.ConfigAsync("receive.advertisePushOptions", "true");
        var taken = await pair.SyncAsync(pair.Request() with { PushOptions = ["ci.skip"] });

        Assert.Equal(("unsupported", OutcomeKind.Updated), (missed.Error?.Reason.Word, taken.Kind));
        Assert.Equal("ci.skip\n", await File.ReadAllTextAsync(Path.Combine(pair.Target.Path, "seen")));
    }

    [Fact]
    public async Task A_rewind_that_the_target_denies_is_reported()
    {
        var pair = await SyncFixture.CreateAsync();
        await pair.Source.CommitAsync("main", [("a.txt", "one\n"), ("a.txt", "two\n")]);
        await pair.SyncAsync();
        await pair.Target.GitAsync("config", "--replace-all", "receive.denyNonFastForwards", "true");
        await pair.Source.SetRefAsync("refs/heads/main", "main~1");

        var outcome = await pair.SyncAsync();

        Assert.Equal("non-fast-forward", outcome.Error?.Refs["refs/heads/main"]);
    }

    [Fact]
    public async Task The_target_s_own_branch_of_head_is_not_deleted_and_that_is_said()
    {
        var pair = await SyncFixture.CreateAsync();
        await pair.Source.CommitAsync("main", "a.txt", "one\n");
        await pair.SyncAsync();
        await pair.Source.SetRefAsync("refs/heads/trunk", "main");
        await pair.Source.DeleteRefAsync("refs/heads/main");

        var outcome = await pair.SyncAsync();

        Assert.Equal(new RefCounts(1, 0, 0, 1), outcome.Refs);
        Assert.Contains("deletion of the current branch prohibited", outcome.Error!.Refs["refs/heads/main"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pack_that_the_target_will_not_take_moves_nothing()
    {
        var pair = await SyncFixture.CreateAsync();
        await pair.Source.CommitAsync("main", "a.txt", new string('x', 10_000) + Guid.NewGuid());
        await pair.Target.ConfigAsync("receive.maxInputSize", "50");

        var outcome = await pair.SyncAsync();

        Assert.Equal((OutcomeKind.Failed, "refused"), (outcome.Kind, outcome.Error?.Reason.Word));
        Assert.Contains("push: the target did not accept the pack", outcome.Error!.Message, StringComparison.Ordinal);
        Assert.Empty(await pair.Target.RefsAsync());
    }

    [Fact]
    public async Task A_push_by_somebody_else_meanwhile_is_seen_and_done_again()
    {
        var pair = await SyncFixture.CreateAsync();
        await pair.Source.CommitAsync("main", "a.txt", "one\n");
        await pair.Source.CommitAsync("topic", "b.txt", "two\n");
        await pair.SyncAsync();
        var other = await pair.Target.CommitAsync("theirs", "c.txt", "three\n");
        await pair.Target.DeleteRefAsync("refs/heads/theirs");
        await pair.Source.CommitAsync("main", "a.txt", "more\n");
        // Between our look at the target and the move of the ref, once.
        await pair.Target.InstallRaceAsync($"git update-ref refs/heads/main {other}");

        var outcome = await pair.SyncAsync();

        Assert.Equal((OutcomeKind.Updated, null), (outcome.Kind, outcome.Error?.Message));
        Assert.True(File.Exists(Path.Combine(pair.Target.Path, "raced")));
        await pair.AssertEqualAsync();
    }

    [Fact]
    public async Task A_target_that_is_always_moved_is_given_up_on()
    {
        var pair = await SyncFixture.CreateAsync();
        await pair.Source.CommitAsync("main", "a.txt", "one\n");
        await pair.SyncAsync();
        var others = new[] { await pair.Target.CommitAsync("x", "c.txt", "3\n"), await pair.Target.CommitAsync("x", "c.txt", "4\n") };
        await pair.Target.DeleteRefAsync("refs/heads/x");
        await pair.Source.CommitAsync("main", "a.txt", "more\n");
        await pair.Target.InstallHookAsync("pre-receive", $$"""
            unset GIT_QUARANTINE_PATH
            if [ "$(git rev-parse main)" = {{others[0]}} ]; then
              git update-ref refs/heads/main {{others[1]}}
            else
              git update-ref refs/heads/main {{others[0]}}
            fi
            """);

        var outcome = await pair.SyncAsync();

        Assert.Equal(OutcomeKind.Failed, outcome.Kind);
        Assert.Contains("kept changing", outcome.Error!.Message, StringComparison.Ordinal);
    }
}
