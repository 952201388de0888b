namespace Mirror.Mirroring.Tests.Sync;

/// <summary>A target whose refs are not what its report says: its refs count.</summary>
public sealed class LookBackTests
{
    // Speaks after the report, and undoes all of the push.
    private const string Undo =
        "while read old new name; do case $old in *[1-9a-f]*) git update-ref $name $old;; *) git update-ref -d $name;; esac; done";

    [Fact]
    public async Task A_target_that_says_ok_and_moves_nothing_is_not_proven()
    {
        var pair = await SyncFixture.CreateAsync();
        await pair.Source.CommitAsync("main", "a.txt", "one\n");
        await pair.Source.CommitAsync("topic", "b.txt", "two\n");
        await pair.Target.InstallHookAsync("post-receive", Undo);

        var outcome = await pair.SyncAsync();

        Assert.Equal((OutcomeKind.Failed, false, new RefCounts(0, 0, 0, 2)), (outcome.Kind, outcome.IsProven, outcome.Refs));
        Assert.Equal(Reason.RefsRefused, outcome.Error!.Reason);
        Assert.All(
            outcome.Error.Refs.Values, why => Assert.Contains("said that this ref moved, and it did not", why, StringComparison.Ordinal));
        Assert.Empty(await pair.Target.RefsAsync());
    }

    [Fact]
    public async Task A_ref_that_does_not_move_does_not_hold_up_the_others()
    {
        var pair = await SyncFixture.CreateAsync();
        foreach (var branch in (string[])["a", "bad", "c"])
        {
            await pair.Source.CommitAsync(branch, $"{branch}.txt", "one\n");
        }
        await pair.Target.InstallHookAsync("post-receive", "git update-ref -d refs/heads/bad");

        var outcome = await pair.SyncAsync();

        Assert.Equal((OutcomeKind.Failed, new RefCounts(2, 0, 0, 1)), (outcome.Kind, outcome.Refs));
        Assert.Equal(["refs/heads/bad"], outcome.Error!.Refs.Keys);
        Assert.Equal(["refs/heads/a", "refs/heads/c"], outcome.Changes.Select(change => change.Name.Value));
    }

    [Fact]
    public async Task A_push_that_somebody_undoes_once_is_done_again_and_proven()
    {
        var pair = await SyncFixture.CreateAsync();
        await pair.Source.CommitAsync("main", "a.txt", "one\n");
        await pair.Target.InstallHookAsync("post-receive", $"[ -e undone ] || {{ touch undone; {Undo}; }}");

        var outcome = await pair.SyncAsync();

        Assert.Equal((OutcomeKind.Updated, true, new RefCounts(1, 0, 0, 0)), (outcome.Kind, outcome.IsProven, outcome.Refs));
        Assert.True(File.Exists(Path.Combine(pair.Target.Path, "undone")));
        await pair.AssertEqualAsync();
    }

    [Fact]
    public async Task A_target_that_cannot_be_looked_at_after_the_push_is_not_proven()
    {
        var pair = await SyncFixture.CreateAsync();
        await pair.Source.CommitAsync("main", "a.txt", "one\n");
        await pair.Target.InstallHookAsync("post-receive", "mv HEAD NOT-HEAD");

        var outcome = await pair.SyncAsync();

        Assert.Equal((OutcomeKind.Failed, false), (outcome.Kind, outcome.IsProven));
        Assert.Contains("the target cannot be asked which refs have moved", outcome.Error!.Message, StringComparison.Ordinal);
    }
}
