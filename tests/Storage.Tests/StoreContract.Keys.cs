using System.Text;

namespace Mirror.Storage.Tests;

public abstract partial class StoreContract
{
    private static readonly string[] LegalKeys =
    [
        "a", "A", "a.b", ".a", "a.", "...", "a/b", "a/.b/c", "-", "--help", "a b", " ", "a*?[]{}", "a'b\"c`d", "$HOME", "%2e%2e", "%00",
        "#&;|<>", "~a", "a~b", "a+b=c,d@e!f^g(h):i", "ä/ö/ü", "日本語", "😀", "a\u0301", "\u00a0", "\ue000", "\ufffc", ".mirror", "lock",
        "eyJncm91cCI6ImNlIiwicHJvamVjdF9uYW1lIjoicm91dHkifQ==.head.age", "con", "nul.txt",
    ];

    private static readonly string[] IllegalKeys =
    [
        "", "/", "/a", "a/", "a//b", ".", "..", "../a", "a/..", "a/../b", "./a", "a/./b", "a/.", "a\\b", "\\", "a\0b", "a\nb", "a\tb",
        "\u007f", "a\u0085b", "a\ud800b", "\udc00", "a\ufffdb", "\ufffe", "\uffff",
        "a~", "~", "~/b", "a~/b", "~~", ".mirror~", ".mirror~/lock",
        new string('a', 1025), new string('ä', 513),
    ];

    [Fact]
    public async Task Every_legal_key_is_kept_as_it_is()
    {
        var store = Open();
        // A folder for each: not every store can have "a" beside "a/b".
        var keys = LegalKeys.Select((key, i) => $"{i:00}/{key}").ToList();
        foreach (var key in keys)
        {
            await PutAsync(store, key, key);
        }

        Assert.Equal(keys, await KeysAsync(Open()));
        foreach (var key in keys)
        {
            Assert.Equal(key, Encoding.UTF8.GetString(await ReadAsync(store, key)));
        }
    }

    [Fact]
    public async Task No_illegal_key_reaches_the_store()
    {
        var store = Open();
        foreach (var key in IllegalKeys)
        {
            Func<Task>[] actions =
            [
                () => store.TryStatAsync(key, Late), () => store.OpenReadAsync(key, 0, Late), () => store.TryReadAsync(key, 1, Late),
                () => store.CreateAsync(key, Late), () => PutAsync(store, key, ""), () => store.DeleteAsync(key, Late),
                () => store.TryLeaseAsync(key, TimeSpan.FromMinutes(1), Late),
            ];
            foreach (var action in actions)
            {
                var failure = await FailsAsync(StorageFailure.Invalid, action);
                Assert.True(failure.Message.Length < store.Name.Length + 250 && !failure.Message.Any(char.IsControl), key);
            }
        }
        Assert.Empty(await ListAsync(store));
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/a")]
    [InlineData("../")]
    [InlineData("a/../b")]
    [InlineData("a//b")]
    [InlineData("a\\")]
    [InlineData("a\0")]
    [InlineData(".mirror~/")]
    public Task No_illegal_prefix_is_listed(string prefix) => FailsAsync(StorageFailure.Invalid, () => ListAsync(Open(), prefix));

    [Fact]
    public async Task A_listing_is_in_the_order_of_the_bytes()
    {
        var store = Open();
        string[] keys = ["b", "a/b", "a-b", "a0", "a/b-c", "a/B/c", "Z", "ä", "z", "a.b", "aa", "\ufffc", "\ue000", "😀", "a/c/d/e", "😀😀"];
        foreach (var key in keys)
        {
            await PutAsync(store, key, key);
        }

        Assert.Equal(
            keys.OrderBy(key => Convert.ToHexString(Encoding.UTF8.GetBytes(key)), StringComparer.Ordinal),
            await KeysAsync(store));
    }

    [Fact]
    public async Task A_prefix_is_a_string_and_not_a_folder()
    {
        var store = Open();
        foreach (var key in new[] { "a/b", "a/bc", "a/b-/d", "ab/c", "b/a", "a/b.c/d" })
        {
            await PutAsync(store, key, key);
        }

        Assert.Equal(["a/b", "a/b-/d", "a/b.c/d", "a/bc"], await KeysAsync(store, "a/b"));
        Assert.Equal(["a/b", "a/b-/d", "a/b.c/d", "a/bc", "ab/c"], await KeysAsync(store, "a"));
        Assert.Equal(["a/b.c/d"], await KeysAsync(store, "a/b.c/"));
        Assert.Equal(["a/b.c/d"], await KeysAsync(store, "a/b.c/d"));
        Assert.Empty(await KeysAsync(store, "a/b/"));
        Assert.Empty(await KeysAsync(store, "A"));
        Assert.Empty(await KeysAsync(store, "a/b.c/d/"));
        Assert.Empty(await KeysAsync(store, "c/d"));
    }

    [Theory]
    [InlineData("a", 1024)]
    [InlineData("ä", 512)]
    [InlineData("日", 341)]
    [InlineData("😀", 256)]
    [InlineData("a~b", 341)]
    [InlineData("~", 1023)]
    [InlineData("a/", 511)]
    public async Task The_longest_keys_are_kept_and_listed_by_any_prefix(string unit, int count)
    {
        var (store, repeated) = (Open(), string.Concat(Enumerable.Repeat(unit, count)));
        var key = repeated.EndsWith('~') || repeated.EndsWith('/') ? $"{repeated}x" : repeated;
        await PutAsync(store, key, "long");
        await PutAsync(store, "b", "short");

        Assert.Equal("long"u8.ToArray(), await ReadAsync(store, key));
        for (var size = unit.Length; size <= key.Length; size += unit.Length * 17)
        {
            Assert.Equal([key], await KeysAsync(store, key[..size]));
        }
        Assert.True(await store.DeleteAsync(key, Late));
        Assert.Equal(["b"], await KeysAsync(store));
    }

    [Fact]
    public async Task Long_keys_that_are_alike_stay_apart()
    {
        var store = Open();
        var keys = Enumerable.Range(195, 12).Append(400).Append(401).Append(600)
            .SelectMany(size => new[] { new string('k', size), $"{new string('m', size)}/x", $"{new string('~', size)}x" })
            .Order(StringComparer.Ordinal).ToList();
        foreach (var key in keys)
        {
            await PutAsync(store, key, key);
        }

        Assert.Equal(keys, await KeysAsync(store));
        foreach (var key in keys)
        {
            Assert.Equal(key, Encoding.UTF8.GetString(await ReadAsync(store, key)));
        }
    }

    [Fact]
    public async Task A_listing_while_others_come_and_go_shows_what_stays()
    {
        var store = Open();
        string[] staying = ["a/stays", "m/n/stays", "z"];
        foreach (var key in staying)
        {
            await PutAsync(store, key, key);
        }
        using var end = new CancellationTokenSource();
        var changing = Task.Run(async () =>
        {
            for (var i = 0; !end.IsCancellationRequested; i++)
            {
                await PutAsync(store, $"m/{i % 5}/comes/and/goes", "");
                await store.DeleteAsync($"m/{(i + 3) % 5}/comes/and/goes", Late);
            }
        });

        for (var i = 0; i < 300; i++)
        {
            var keys = await KeysAsync(Open());
            Assert.Equal(staying, keys.Intersect(staying));
        }
        await end.CancelAsync();
        await changing;
    }

    [Fact]
    public virtual async Task Ten_thousand_objects_are_listed()
    {
        const int count = 10_000;
        var store = Open();
        await FillAsync("many", count);
        await ListAsync(store);

        var keys = await KeysAsync(store, "many/");

        Assert.Equal(Enumerable.Range(0, count).Select(i => $"many/{i / 1000}/{i:000000}"), keys);
    }

    /// <summary>Makes the objects <c>many/3/003123</c>, in whatever way is fast.</summary>
    protected abstract Task FillAsync(string folder, int count);
}
