namespace Mirror.Git.Tests.Refs;

public sealed class ObjectIdListTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(1024)]
    [InlineData(1025)]
    [InlineData(5000)]
    public void Keeps_ids_in_the_order_in_which_they_came(int count)
    {
        var ids = Enumerable.Range(0, count).Select(i => ObjectId.Parse($"{i:x40}")).ToList();

        var list = ListOf(ids);

        Assert.Equal(count, list.Count);
        Assert.Equal(ids, list);
        Assert.Equal(ids, Enumerable.Range(0, count).Select(i => list[i]));
        Assert.Throws<ArgumentOutOfRangeException>(() => list[count]);
    }

    [Fact]
    public void Takes_ids_of_both_sizes()
    {
        ObjectId[] ids = [.. Enumerable.Range(0, 3000).Select(i => ObjectId.Parse(i % 1000 == 999 ? $"{i:x64}" : $"{i:x40}"))];

        Assert.Equal(ids, ListOf(ids));
    }

    private static ObjectIdList ListOf(IEnumerable<ObjectId> ids)
    {
        var list = new ObjectIdList();
        foreach (var id in ids)
        {
            list.Add(id);
        }
        return list;
    }
}
