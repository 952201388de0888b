namespace Mirror.Git.Tests.Refs;

public class RefMapTests
{
    [Theory]
    [InlineData("refs/heads/*", "refs/heads/a/b", true)]
    [InlineData("refs/heads/*", "refs/tags/a", false)]
    [InlineData("refs/heads/*", "refs/headsX/a", false)]
    [InlineData("refs/heads/rel-*", "refs/heads/rel-1", true)]
    [InlineData("refs/heads/*-rel", "refs/heads/x/y-rel", true)]
    [InlineData("refs/heads/a*a", "refs/heads/a", false)]
    [InlineData("refs/heads/a*a", "refs/heads/aa", true)]
    [InlineData("refs/*/merge", "refs/pull/7/merge", true)]
    [InlineData("main", "refs/heads/main", true)]
    [InlineData("*", "refs/heads/main", true)]
    [InlineData("feature/*", "refs/heads/feature/x", true)]
    [InlineData("refs/heads/main", "refs/heads/main2", false)]
    [InlineData("refs/heads/Main", "refs/heads/main", false)]
    [InlineData("refs/*", "refs/notes/commits", true)]
    public void A_star_stands_for_any_text(string pattern, string name, bool matches) =>
        Assert.Equal(matches, RefPattern.Parse(pattern).Matches(RefName.Parse(name)));

    [Theory]
    [InlineData("")]
    [InlineData("refs/")]
    [InlineData("refs/heads/")]
    [InlineData("refs/heads/**")]
    [InlineData("refs/*/heads/*")]
    [InlineData("refs/heads/a b")]
    [InlineData("refs/heads/.*")]
    [InlineData("refs/heads/*.lock")]
    [InlineData("refs/heads/*.")]
    [InlineData("refs//*")]
    [InlineData("/main")]
    [InlineData("a..b")]
    [InlineData("a:b")]
    [InlineData("^a")]
    [InlineData("a\nb")]
    public void Other_text_is_not_a_pattern(string pattern) => Assert.Throws<FormatException>(() => RefPattern.Parse(pattern));

    [Theory]
    [InlineData("refs/heads/*", "refs/heads/x", "refs/heads/x")]
    [InlineData("refs/heads/master:refs/heads/main", "refs/heads/master", "refs/heads/main")]
    [InlineData("master:main", "refs/heads/master", "refs/heads/main")]
    [InlineData("refs/heads/*:refs/mirror/near/*", "refs/heads/a/b", "refs/mirror/near/a/b")]
    [InlineData("refs/heads/*:refs/tags/b-*", "refs/heads/x", "refs/tags/b-x")]
    [InlineData("refs/heads/rel-*-x:refs/heads/*", "refs/heads/rel-1-x", "refs/heads/1")]
    [InlineData("+refs/heads/*:refs/heads/*", "refs/heads/x", "refs/heads/x")]
    [InlineData("refs/heads/*", "refs/tags/x", "")]
    [InlineData("refs/heads/*;refs/heads/*", "refs/heads/x", "refs/heads/x")]
    [InlineData("refs/heads/*;refs/heads/*:refs/old/*", "refs/heads/x", "refs/heads/x refs/old/x")]
    [InlineData("refs/heads/*;^refs/heads/wip/*", "refs/heads/wip/x", "")]
    [InlineData("^refs/heads/wip/*;refs/heads/*", "refs/heads/wip/x", "")]
    [InlineData("refs/heads/*;^refs/heads/wip/*", "refs/heads/wipe", "refs/heads/wipe")]
    [InlineData("refs/heads/*;^wip", "refs/heads/wip", "")]
    // What comes out need not be a name: the one who pushes looks at it.
    [InlineData("refs/heads/x*:refs/heads/*", "refs/heads/x", "refs/heads/")]
    [InlineData("refs/heads/a*:refs/heads/*", "refs/heads/a/b", "refs/heads//b")]
    public void A_ref_goes_where_the_rules_say(string refspecs, string source, string destinations)
    {
        var map = RefMap.Parse(refspecs.Split(';'));

        Assert.Equal(destinations, string.Join(' ', map.Destinations(RefName.Parse(source))));
    }

    [Theory]
    [InlineData("refs/heads/*", "refs/heads/x", true)]
    [InlineData("refs/heads/*", "refs/tags/x", false)]
    [InlineData("master:main", "refs/heads/main", true)]
    [InlineData("master:main", "refs/heads/master", false)]
    [InlineData("refs/heads/*:refs/near/*", "refs/near/x", true)]
    [InlineData("refs/heads/*:refs/near/*", "refs/heads/x", false)]
    // Nothing that is left out at the source could have made it, so it is somebody else's.
    [InlineData("refs/heads/*;^refs/heads/wip/*", "refs/heads/wip/x", false)]
    [InlineData("refs/heads/*:refs/near/*;^refs/heads/wip/*", "refs/near/wip/x", false)]
    [InlineData("refs/heads/*:refs/near/*;^refs/near/wip/*", "refs/near/wip/x", true)]
    [InlineData("refs/heads/rel-*:refs/heads/*", "refs/heads/1", true)]
    public void A_mirror_manages_what_it_could_have_made(string refspecs, string destination, bool manages) =>
        Assert.Equal(manages, RefMap.Parse(refspecs.Split(';')).Manages(RefName.Parse(destination)));

    [Theory]
    [InlineData("")]
    [InlineData(":")]
    [InlineData("a:")]
    [InlineData(":a")]
    [InlineData("a:b:c")]
    [InlineData("refs/heads/*:refs/heads/main")]
    [InlineData("refs/heads/main:refs/heads/*")]
    [InlineData("refs/heads/*/*:refs/heads/*")]
    [InlineData("^")]
    [InlineData("a;^")]
    [InlineData("a;^a:b")]
    [InlineData("a;^^b")]
    [InlineData("+")]
    [InlineData("+^a")]
    [InlineData("^refs/heads/x")]
    [InlineData("a b")]
    [InlineData("a:b..c")]
    public void Other_text_is_not_a_map(string refspecs) => Assert.Throws<FormatException>(() => RefMap.Parse(refspecs.Split(';')));

    [Fact]
    public void No_rules_are_no_map() => Assert.Throws<FormatException>(() => RefMap.Parse([]));

    [Fact]
    public void Where_a_ref_goes_is_managed_unless_the_name_is_spoilt()
    {
        const int seed = 77;
        var random = new Random(seed);
        string[] maps =
            ["refs/heads/*", "refs/heads/*:refs/x/*", "refs/heads/a*:refs/heads/*b", "refs/*/a:refs/y/*", "refs/heads/*;^refs/heads/a*"];
        for (var i = 0; i < 2000; i++)
        {
            var map = RefMap.Parse(maps[random.Next(maps.Length)].Split(';'));
            var source = RefName.Parse(
                $"refs/heads/{string.Concat(Enumerable.Range(0, random.Next(1, 5)).Select(_ => "ab-"[random.Next(3)]))}");
            foreach (var destination in map.Destinations(source))
            {
                Assert.True(!RefName.TryParse(destination, out var name) || map.Manages(name), $"seed {seed}: {source} to {destination}");
            }
        }
    }
}
