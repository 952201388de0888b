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
        var plan = Make(Listing(("refs/heads/a", One)),
            Listing(("refs/heads/a", Two), ("refs/heads/a", Two), ("refs/heads/gone", One), ("refs/heads/gone", One)));

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

    [Theory]
    [InlineData(1)]
    [InlineData(200)]
    public void A_few_changes_and_very_many_are_told_alike(int step)
    {
        var source = Listing(
            [.. Enumerable.Range(0, 1000).Where(i => i % 10 != 1).Select(i => ($"refs/heads/{i:d4}", i % step == 0 ? Two : One))]);
        var target = Listing([.. Enumerable.Range(0, 1000).Where(i => i % (10 * step) != 2).Select(i => ($"refs/heads/{i:d4}", One))]);
        var expected = Enumerable.Range(0, 1000).Select(i => new RefCommand(RefName.Parse($"refs/heads/{i:d4}"),
            i % (10 * step) != 2 ? One : ObjectFormat.Sha1.Null, i % 10 == 1 ? ObjectFormat.Sha1.Null : i % step == 0 ? Two : One))
            .Where(change => change.Old != change.New).ToList();

        var changes = Make(source, target).Changes;

        Assert.Equal(expected, changes);
        Assert.Equal(expected, Enumerable.Range(0, changes.Count).Select(i => changes[i]));
    }

    [Fact]
    public void Very_many_changes_take_a_few_bytes_each()
    {
        const int count = 50_000;
        var source = Listing([.. Enumerable.Range(0, count).Select(i => ($"refs/heads/{i:d5}", One))]);
        var wanted = WantedRefs.Of(RefMap.Default, source, mayMiss: false);
        var before = GC.GetAllocatedBytesForCurrentThread();

        var plan = TargetPlan.Make(wanted, Listing(), prune: true);

        Assert.Equal(count, plan.Changes.Count);
        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / count, 0, 16);
    }

    private static TargetPlan Make(RefListing source, RefListing target) =>
        TargetPlan.Make(WantedRefs.Of(RefMap.Default, source, mayMiss: false), target, prune: true);

    private static RefListing Listing(params (string Name, ObjectId Id)[] refs) =>
        new(ObjectFormat.Sha1, [.. refs.Select(found => new Ref(RefName.Parse(found.Name), found.Id))]);
}
