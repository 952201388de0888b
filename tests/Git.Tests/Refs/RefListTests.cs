using System.Text;

namespace Mirror.Git.Tests.Refs;

public sealed class RefListTests
{
    private static readonly ObjectId One = ObjectId.Parse(new string('1', 40));
    private static readonly ObjectId Long = ObjectId.Parse(new string('3', 64));
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

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Goes_by_ids_and_those_of_one_id_by_the_bytes_of_their_names(bool isOneId)
    {
        // U+FF5E comes after what is beyond the basic plane, and before it in bytes.
        var refs = Enumerable.Range(0, 500)
            .Select(i => new Ref(RefName.Parse($"refs/heads/{(i % 3 == 0 ? "\uff5e" : i % 3 == 1 ? "\ud83d\ude80" : "a")}{i}"),
                isOneId ? One : ObjectId.Parse($"{new string('a', 36)}{i * 7919 % 400:x4}"))).ToList();

        var expected = refs.OrderBy(found => found.Id.ToString(), StringComparer.Ordinal)
            .ThenBy(found => Convert.ToHexString(found.Name.Utf8), StringComparer.Ordinal);
        Assert.Equal(expected, RefList.From(refs).Sorted().ById());
        Assert.Equal(expected, RefList.From(refs).ById());
    }

    [Fact]
    public void Is_itself_where_only_all_of_it_is_wanted()
    {
        RefList all = [Named(1), Named(2), Named(3)];

        Assert.Same(all, all.Only(_ => true));
        Assert.Equal([Named(1), Named(3)], all.Only(name => name != Named(2).Name));
        Assert.Empty(all.Only(_ => false));
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

    [Fact]
    public void Packs_names_of_every_size_and_ids_of_both_formats()
    {
        var random = new Random(4);
        Ref[] refs = [.. Enumerable.Range(0, 300).Select(i =>
            new Ref(
                RefName.Parse($"refs/heads/{i:0000}/{new string('é', random.Next(1, i % 50 == 0 ? 40_000 : 300))}"),
                i % 3 == 0 ? Long : One))];

        RefList list = [.. refs];

        Assert.Equal(refs, list);
        Assert.Equal(refs, Enumerable.Range(0, list.Count).Select(i => list[i]));
        Assert.True(list.IsSorted);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3000)]
    public void A_sorted_list_is_searched(int count)
    {
        var list = RefList.From(Enumerable.Range(0, count).Select(i => Named(2 * i)));

        for (var i = 0; i < 2 * count; i++)
        {
            Assert.Equal(i % 2 == 0, list.TryFind(Named(i).Name, out _));
        }
        Assert.False(list.TryFind(RefName.Parse("refs/heads/zzz"), out _));
        Assert.False(list.TryFind(RefName.Parse("refs/a"), out _));
        RefList mixed = [Named(2), Named(1)];
        Assert.Throws<InvalidOperationException>(() => mixed.TryFind(Named(1).Name, out _));
    }

    [Fact]
    public void A_name_stays_what_it_was_while_the_list_grows()
    {
        RefList list = [Named(0)];
        var first = list[0].Name;
        for (var i = 1; i < 5000; i++)
        {
            list.Add(Named(i));
        }

        Assert.Equal(Named(0).Name, first);
    }

    [Fact]
    public void A_ref_takes_little_more_than_its_bytes()
    {
        const int count = 100_000;
        var before = GC.GetAllocatedBytesForCurrentThread();
        var list = new RefList();
        for (var i = 0; i < count; i++)
        {
            list.Add(Encoding.ASCII.GetBytes("refs/heads/topic/0000000"), One);
        }
        // The bytes of each name are made here too: 48.
        var each = (GC.GetAllocatedBytesForCurrentThread() - before) / count - 48;

        Assert.InRange(each, 0, 24 + 20 + 16);
    }

    private static Ref Named(int number) => new(RefName.Parse($"refs/heads/{number:0000}"), One);
}
