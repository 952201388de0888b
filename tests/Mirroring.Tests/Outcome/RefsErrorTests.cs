using Mirror.Git;

namespace Mirror.Mirroring.Tests.Outcome;

/// <summary>A remote may have two million refs that cannot be made equal. The first ones are told by name.</summary>
public sealed class RefsErrorTests
{
    private static readonly RemoteUrl Target = RemoteUrl.Parse("http://localhost/x.git", "/");

    private static readonly ObjectId Id = ObjectId.Parse(new string('a', 40));

    [Fact]
    public void Refused_refs_are_named_to_a_hundred_and_counted()
    {
        var refused = Enumerable.Range(0, 250).ToDictionary(i => RefName.Parse($"refs/heads/{i:000}"), _ => "no");

        var error = RefsError.Of(Target, refused, plan: null)!;

        Assert.Equal((100, 150, 250), (error.Refs.Count, error.MoreRefs, error.RefCount));
        Assert.EndsWith("not equal: refs/heads/000: no, and 249 more", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_that_nobody_can_use_are_kept_to_a_hundred_and_counted()
    {
        var source = Listing(Enumerable.Range(0, 1000).Select(i => $@"refs/heads/\xe9{i:000}"));

        var plan = TargetPlan.Make(WantedRefs.Of(RefMap.Default, source, mayMiss: false), Listing([]), prune: true);
        var error = RefsError.Of(Target, new Dictionary<RefName, string>(), plan)!;

        Assert.Equal((100, 1000), (plan.Problems.Count, plan.ProblemCount));
        Assert.Equal((100, 900), (error.Refs.Count, error.MoreRefs));
        Assert.Empty(plan.Changes);
    }

    [Fact]
    public void Names_that_the_map_leaves_out_hide_no_others()
    {
        var source = Listing(Enumerable.Range(0, 1000).Select(i => $@"refs/heads/old/\xe9{i}").Append(@"refs/heads/\xe9"));
        var map = RefMap.Parse(["refs/heads/*", "^refs/heads/old/*"]);

        var plan = TargetPlan.Make(WantedRefs.Of(map, source, mayMiss: false), Listing([]), prune: true);

        Assert.Equal([@"refs/heads/\xe9"], plan.Problems.Keys);
        Assert.Equal(1, plan.ProblemCount);
    }

    [Fact]
    public void The_same_holds_of_the_target()
    {
        var pulls = Enumerable.Range(0, 1000).Select(i => $@"refs/pull/\xe9{i}");
        var target = Listing(pulls.Concat(Enumerable.Range(0, 300).Select(i => $@"refs/tags/\xe9{i}")));

        var plan = TargetPlan.Make(WantedRefs.Of(RefMap.Default, Listing([]), mayMiss: false), target, prune: true);

        Assert.Equal((100, 300), (plan.Problems.Count, plan.ProblemCount));
        Assert.All(plan.Problems.Keys, name => Assert.StartsWith("refs/tags/", name, StringComparison.Ordinal));
    }

    private static RefListing Listing(IEnumerable<string> unusable) =>
        new(ObjectFormat.Sha1, [new Ref(RefName.Parse("refs/heads/main"), Id)]) { HeadId = Id, Unusable = [.. unusable] };
}
