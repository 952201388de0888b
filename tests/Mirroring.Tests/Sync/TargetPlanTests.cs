using Mirror.Git;

namespace Mirror.Mirroring.Tests.Sync;

/// <summary>The plan by itself, over listings that no real server gives.</summary>
public sealed class TargetPlanTests
{
    private static readonly ObjectId One = ObjectId.Parse(new string('1', 40));
    private static readonly ObjectId Two = ObjectId.Parse(new string('2', 40));

    [Fact]
    public void What_a_target_lists_twice_is_planned_once()
    {
        var plan = Make(Listing(("refs/heads/a", One)), Listing(("refs/heads/a", Two), ("refs/heads/a", Two), ("refs/heads/gone", One), ("refs/heads/gone", One)));

        Assert.Equal(["refs/heads/a", "refs/heads/gone"], plan.Changes.Select(change => change.Name.Value));
        Assert.Equal([false, true], plan.Changes.Select(change => change.IsDelete));
    }

    [Fact]
    public void What_a_source_lists_twice_with_two_values_is_left_alone_and_said()
    {
        var plan = Make(Listing(("refs/heads/a", One), ("refs/heads/a", Two), ("refs/heads/b", One)), Listing(("refs/heads/a", Two)));

        Assert.Equal("refs/heads/b", Assert.Single(plan.Changes).Name.Value);
        Assert.Equal("refs/heads/a", Assert.Single(plan.Problems).Key);
    }

    [Fact]
    public void A_target_that_is_ahead_by_nothing_needs_no_change()
    {
        var plan = Make(Listing(("refs/heads/a", One)), Listing(("refs/heads/a", One), ("refs/notes/own", Two)));

        Assert.Empty(plan.Changes);
        Assert.Equal((1, 1), (plan.WantedCount, plan.ManagedCount));
    }

    private static TargetPlan Make(RefListing source, RefListing target) =>
        TargetPlan.Make(WantedRefs.Of(RefMap.Default, source, mayMiss: false), target, prune: true);

    private static RefListing Listing(params (string Name, ObjectId Id)[] refs) =>
        new(ObjectFormat.Sha1, [.. refs.Select(found => new Ref(RefName.Parse(found.Name), found.Id))]);
}
