namespace Mirror.Git.Tests.Refs;

public sealed class RefListTests
{
    private static readonly ObjectId One = ObjectId.Parse(new string('1', 40));
    private static readonly ObjectId Two = ObjectId.Parse(new string('2', 40));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(256)]
    [InlineData(257)]
    [InlineData(2000)]
    public void Keeps_what_was_added_in_its_order(int count)
    {
        var list = new RefList();
        for (var i = 0; i < count; i++)
        {
            list.Add(Named(i));
        }

        Assert.Equal(count, list.Count);
        Assert.Equal(Enumerable.Range(0, count).Select(Named), list);
        Assert.Equal(Enumerable.Range(0, count).Select(Named), Enumerable.Range(0, count).Select(i => list[i]));
        Assert.Throws<ArgumentOutOfRangeException>(() => list[count]);
    }

    [Fact]
    public void Knows_whether_it_is_sorted_and_sorts_what_is_not()
    {
        RefList sorted = [Named(1), Named(2)];
        RefList twice = [Named(1), Named(1)];
        RefList mixed = [Named(3), Named(1), Named(2), Named(1) with { Id = Two }];

        Assert.True(sorted.IsSorted);
        Assert.Same(sorted, sorted.Sorted());
        Assert.False(twice.IsSorted);
        Assert.False(mixed.IsSorted);
        Assert.Equal([Named(1), Named(1) with { Id = Two }, Named(2), Named(3)], mixed.Sorted());
    }

    private static Ref Named(int number) => new(RefName.Parse($"refs/heads/{number:0000}"), One);
}
