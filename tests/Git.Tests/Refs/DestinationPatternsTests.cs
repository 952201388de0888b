namespace Mirror.Git.Tests.Refs;

/// <summary>The destination side of a map by itself: it goes into heads, for a consumer that does not know the source's side.</summary>
public class DestinationPatternsTests
{
    [Theory]
    [InlineData("refs/heads/*;refs/tags/*", "refs/heads/* refs/tags/*")]
    [InlineData("main", "refs/heads/main")]
    [InlineData("+refs/heads/*:refs/heads/*", "refs/heads/*")]
    [InlineData("master:main", "refs/heads/main")]
    [InlineData("refs/heads/*:refs/near/*", "refs/near/*")]
    [InlineData("refs/heads/rel-*-x:refs/heads/*", "refs/heads/*")]
    [InlineData("a:c;b:c", "refs/heads/c")]
    // What is left out is called by its name at the destination.
    [InlineData("refs/heads/*;^refs/heads/wip/*", "refs/heads/* ^refs/heads/wip/*")]
    [InlineData("^wip;refs/heads/*", "refs/heads/* ^refs/heads/wip")]
    [InlineData("refs/heads/*:refs/near/*;^refs/heads/wip/*", "refs/near/* ^refs/near/wip/*")]
    [InlineData("refs/heads/*:refs/near/*;^refs/heads/*-wip", "refs/near/* ^refs/near/*-wip")]
    [InlineData("refs/heads/*:refs/near/*-n;^refs/heads/wip", "refs/near/*-n ^refs/near/wip-n")]
    [InlineData("refs/heads/*-x:refs/near/*;^refs/heads/a*-x", "refs/near/* ^refs/near/a*")]
    [InlineData("refs/heads/*;^refs/*-wip", "refs/heads/* ^refs/*-wip")]
    [InlineData("refs/heads/*;refs/tags/*;^refs/heads/x", "refs/heads/* refs/tags/* ^refs/heads/x")]
    // What has nothing to do with the rule is not said.
    [InlineData("refs/heads/*;^refs/tags/x", "refs/heads/*")]
    [InlineData("refs/heads/*:refs/near/*;^refs/near/x", "refs/near/*")]
    [InlineData("refs/heads/*-x:refs/near/*;^refs/tags/a", "refs/near/*")]
    [InlineData("refs/heads/*:refs/heads/up/*;refs/tags/*;^refs/heads/up/y", "refs/heads/up/* refs/tags/* ^refs/heads/up/up/y")]
    // An exclusion that only spoilt names could come of.
    [InlineData("refs/heads/f*:refs/near/*;^refs/heads/f", "refs/near/*")]
    [InlineData("refs/heads/f*:refs/near/*;^refs/heads/f/*", "refs/near/*")]
    // Rules of which nothing is left.
    [InlineData("refs/heads/*;refs/tags/*;^refs/tags/*", "refs/heads/*")]
    [InlineData("refs/heads/*;refs/tags/*;^refs/t*", "refs/heads/*")]
    [InlineData("refs/heads/*;a-wip:refs/near/a;^refs/heads/*-wip", "refs/heads/* ^refs/heads/*-wip")]
    [InlineData("refs/heads/*;refs/tags/*-rc:refs/near/*;^refs/tags/*rc", "refs/heads/*")]
    // What one rule leaves out and another makes is made.
    [InlineData("master:main;refs/heads/*;^main", "refs/heads/main refs/heads/*")]
    [InlineData("refs/heads/*;refs/tags/*:refs/heads/*;^refs/heads/v*", "refs/heads/*")]
    public void They_are_what_the_map_makes(string refspecs, string patterns) =>
        Assert.Equal(patterns, string.Join(' ', RefMap.Parse(refspecs.Split(';')).DestinationPatterns()));

    [Theory]
    [InlineData("refs/heads/*:refs/near/*;^refs/*-wip")]
    [InlineData("refs/heads/*-x:refs/near/*;^refs/heads/a*")]
    [InlineData("refs/heads/a*:refs/near/*;^refs/heads/*z")]
    [InlineData("refs/heads/*;refs/tags/v1:refs/heads/v1;^refs/heads/v*")]
    [InlineData("refs/heads/*;refs/tags/*:refs/heads/*;^refs/heads/v*;^refs/tags/v1")]
    public void What_cannot_be_said_of_the_destination_alone_is_refused(string refspecs)
    {
        var wrong = Assert.Throws<FormatException>(() => RefMap.Parse(refspecs.Split(';')).DestinationPatterns());

        Assert.Contains("cannot be said of the destination alone", wrong.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("refs/heads/*;^refs/heads/*")]
    [InlineData("refs/heads/x*;^refs/*")]
    [InlineData("a-wip;^refs/heads/*-wip")]
    public void A_map_of_which_nothing_is_left_is_refused(string refspecs) =>
        Assert.Throws<FormatException>(() => RefMap.Parse(refspecs.Split(';')).DestinationPatterns());

    /// <summary>Every name of up to four letters, in maps of up to three rules and two exclusions.</summary>
    [Fact]
    public void Read_again_they_manage_what_the_map_makes_and_nothing_else()
    {
        const int seed = 31;
        var random = new Random(seed);
        var names = Names().ToList();
        var said = 0;
        for (var i = 0; i < 4000; i++)
        {
            var refspecs = Refspecs(random);
            var map = RefMap.Parse(refspecs);
            if (TryRead(map) is not { } patterns)
            {
                continue;
            }
            said++;
            var made = names.SelectMany(map.Destinations).ToHashSet();
            foreach (var name in made)
            {
                Assert.True(!RefName.TryParse(name, out var valid) || patterns.Manages(valid), Place(name, "made and not managed"));
            }
            foreach (var name in names.Where(name => !map.Manages(name)))
            {
                Assert.False(patterns.Manages(name), Place(name.Value, "managed and not made"));
            }

            string Place(string name, string what) =>
                $"seed {seed}, round {i}: {string.Join(' ', refspecs)} is {string.Join(' ', map.DestinationPatterns())}: {name} is {what}";
        }
        Assert.InRange(said, 2000, 4000);
    }

    private static RefMap? TryRead(RefMap map)
    {
        IReadOnlyList<string> patterns;
        try
        {
            patterns = map.DestinationPatterns();
        }
        catch (FormatException)
        {
            return null;
        }
        return RefMap.Parse(patterns);
    }

    private static IEnumerable<RefName> Names()
    {
        var tails = new List<string> { "" };
        for (var (from, size) = (0, 0); size < 4; size++)
        {
            var to = tails.Count;
            for (; from < to; from++)
            {
                tails.AddRange([$"{tails[from]}a", $"{tails[from]}b", $"{tails[from]}/"]);
            }
        }
        return tails.SelectMany(tail => new[] { $"refs/a/{tail}", $"refs/b/{tail}" })
            .Select(name => RefName.TryParse(name, out var parsed) ? parsed : (RefName?)null).OfType<RefName>();
    }

    private static List<string> Refspecs(Random random)
    {
        var refspecs = new List<string>();
        for (var rules = random.Next(1, 4); rules > 0; rules--)
        {
            var hasStar = random.Next(4) > 0;
            var source = Pattern(random, hasStar);
            refspecs.Add(random.Next(2) == 0 ? source : $"{source}:{Pattern(random, hasStar)}");
        }
        for (var excludes = random.Next(3); excludes > 0; excludes--)
        {
            refspecs.Add($"^{Pattern(random, random.Next(2) == 0)}");
        }
        return refspecs;
    }

    private static string Pattern(Random random, bool hasStar)
    {
        while (true)
        {
            var (before, after) = (Letters(random), hasStar ? Letters(random) : "");
            var text = $"refs/{"ab"[random.Next(2)]}/{before}{(hasStar ? "*" : "")}{after}";
            if (RefName.IsWellFormed(text, asPattern: true))
            {
                return text;
            }
        }
    }

    private static string Letters(Random random) => string.Concat(Enumerable.Range(0, random.Next(3)).Select(_ => "aab/"[random.Next(4)]));
}
