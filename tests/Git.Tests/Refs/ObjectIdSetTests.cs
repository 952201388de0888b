namespace Mirror.Git.Tests.Refs;

public sealed class ObjectIdSetTests
{
    [Fact]
    public void Has_each_id_once_in_its_order()
    {
        var set = ObjectIdSet.Of([Id('c'), Id('a'), Id('c'), Id('b'), Id('a')]);

        Assert.Equal(3, set.Count);
        Assert.Equal([Id('a'), Id('b'), Id('c')], set);
        Assert.True(set.Contains(Id('b')));
        Assert.False(set.Contains(Id('d')));
    }

    [Fact]
    public void Tells_ids_apart_that_begin_alike()
    {
        ObjectId[] ids = [.. Enumerable.Range(0, 16).Select(i => ObjectId.Parse($"{new string('a', 39)}{i:x}"))];

        var set = ObjectIdSet.Of(ids.Reverse());

        Assert.Equal(ids, set);
        Assert.All(ids, id => Assert.True(set.Contains(id)));
        Assert.False(set.Contains(ObjectId.Parse(new string('a', 64))));
    }

    [Fact]
    public void Is_the_set_of_ids_that_are_all_of_it()
    {
        var set = ObjectIdSet.Of([Id('a'), Id('b'), Id('c')]);

        Assert.True(set.IsSetOf([Id('c'), Id('a'), Id('b'), Id('a')]));
        Assert.False(set.IsSetOf([Id('a'), Id('b'), Id('b')]));
        Assert.False(set.IsSetOf([Id('a'), Id('b'), Id('c'), Id('d')]));
        Assert.True(ObjectIdSet.Of([]).IsSetOf([]));
    }

    [Fact]
    public void May_be_empty()
    {
        Assert.Empty(ObjectIdSet.Of([]));
        Assert.False(ObjectIdSet.Of([]).Contains(Id('a')));
    }

    private static ObjectId Id(char digit) => ObjectId.Parse(new string(digit, 40));
}
