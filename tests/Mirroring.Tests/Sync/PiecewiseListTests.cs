namespace Mirror.Mirroring.Tests.Sync;

public sealed class PiecewiseListTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(512)]
    [InlineData(513)]
    [InlineData(3000)]
    public void Keeps_what_was_added_in_its_order(int count)
    {
        var list = new PiecewiseList<int>();
        for (var i = 0; i < count; i++)
        {
            list.Add(i);
        }

        Assert.Equal(count, list.Count);
        Assert.Equal(Enumerable.Range(0, count), list);
        Assert.Equal(Enumerable.Range(0, count), Enumerable.Range(0, count).Select(i => list[i]));
        Assert.Throws<ArgumentOutOfRangeException>(() => list[count]);
    }
}
