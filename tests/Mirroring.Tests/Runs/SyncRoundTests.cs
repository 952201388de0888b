using Mirror.Git;

namespace Mirror.Mirroring.Tests.Runs;

/// <summary>What a sync came to is read from its last round, and from what its session with the target has seen.</summary>
public sealed class SyncRoundTests
{
    private static readonly SyncRequest Request =
        new("ce/routy", RemoteUrl.Parse("http://localhost/from.git", "/"), RemoteUrl.Parse("http://localhost/to.git", "/"));

    private static readonly MirrorError Held = new(Reason.MassDelete, "too many");

    private static readonly Dictionary<RefName, string> NoneRefused = [];

    private static readonly TargetPlan Equal = PlanOf(source: 'a', target: 'a');

    [Fact]
    public void The_next_round_keeps_the_plan_and_nothing_that_was_decided() =>
        Assert.Equal(new SyncRound { Plan = Equal },
            new SyncRound { Plan = Equal, Held = Held, IsDone = true, Broken = new InvalidOperationException() }.Next());

    [Fact]
    public void A_run_is_proven_by_a_plan_without_changes() =>
        Assert.True(new SyncRound { Plan = Equal }.Outcome(Request, moved: [], NoneRefused, failure: null).IsProven);

    [Fact]
    public void A_held_run_is_not_proven_and_says_why()
    {
        var outcome = new SyncRound { Plan = Equal, Held = Held }.Outcome(Request, moved: [], NoneRefused, failure: null);

        Assert.Equal((OutcomeKind.Held, Held, false), (outcome.Kind, outcome.Error, outcome.IsProven));
    }

    [Fact]
    public void A_dry_run_tells_what_it_would_change()
    {
        var plan = PlanOf(source: 'a', target: 'b');

        var outcome = new SyncRound { Plan = plan }.Outcome(Request with { DryRun = true }, moved: [], NoneRefused, failure: null);

        Assert.Equal(plan.Changes, outcome.Changes);
        Assert.False(outcome.IsProven);
    }

    private static TargetPlan PlanOf(char source, char target) =>
        TargetPlan.Make(WantedRefs.Of(RefMap.Default, ListingOf(source), mayMiss: false), ListingOf(target), prune: true);

    private static RefListing ListingOf(char id) =>
        new(ObjectFormat.Sha1, [new Ref(RefName.Parse("refs/heads/main"), ObjectId.Parse(new string(id, 40)))]);
}
