using System.Globalization;
using System.Text;

namespace Mirror.Storage.Tests;

public abstract partial class StoreContract
{
    [Fact]
    public async Task Every_write_has_another_etag_and_no_read_changes_it()
    {
        var store = Open();
        var etags = new List<string>();
        for (var i = 0; i < 50; i++)
        {
            // The same size, and as fast as can be.
            etags.Add(await PutAsync(store, "a", $"{i:00}"));
            Assert.Equal(etags[^1], (await store.TryStatAsync("a", Late))!.Value.ETag);
        }

        Assert.Equal(50, etags.Distinct().Count());
        Assert.Equal(etags[^1], (await Open().ReadAsync("a", 10, Late)).ETag);
        Assert.Equal(etags[^1], (await ListAsync(Open()))[0].ETag);
    }

    [Fact]
    public async Task A_write_if_absent_never_replaces()
    {
        var store = Open();
        await store.PutAsync("a", Bytes("first"), WriteCondition.IfAbsent, Late);

        var failure = await FailsAsync(StorageFailure.Conflict, () => store.PutAsync("a", Bytes("second"), WriteCondition.IfAbsent, Late));

        Assert.Contains("write 'a'", failure.Message, StringComparison.Ordinal);
        Assert.Equal("first"u8.ToArray(), await ReadAsync(store, "a"));
        await store.DeleteAsync("a", Late);
        await store.PutAsync("a", Bytes("third"), WriteCondition.IfAbsent, Late);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(6_000_000)]
    public async Task A_created_object_if_absent_is_judged_when_it_is_complete(int size)
    {
        var store = Open();
        await using var writer = await store.CreateAsync("a", WriteCondition.IfAbsent, Late);
        await writer.WriteAsync(Random(size), Late);
        await PutAsync(store, "a", "first");

        await FailsAsync(StorageFailure.Conflict, () => writer.CompleteAsync(Late));

        await writer.DisposeAsync();
        Assert.Equal("first"u8.ToArray(), await ReadAsync(store, "a"));
        Assert.Equal(["a"], await KeysAsync(store));
    }

    [Theory]
    [InlineData(10)]
    [InlineData(6_000_000)]
    public async Task A_created_object_if_match_replaces_only_what_was_seen(int size)
    {
        var store = Open();
        var first = await PutAsync(store, "a", "1");
        await using var right = await store.CreateAsync("a", WriteCondition.IfMatch(first), Late);
        await right.WriteAsync(Random(size), Late);
        await using var late = await store.CreateAsync("a", WriteCondition.IfMatch(first), Late);
        await late.WriteAsync(Random(size, seed: 2), Late);

        await right.CompleteAsync(Late);

        await FailsAsync(StorageFailure.Conflict, () => late.CompleteAsync(Late));
        Assert.Equal(Random(size), await ReadAsync(store, "a"));
    }

    [Fact]
    public async Task Of_many_who_complete_a_large_object_if_absent_one_wins()
    {
        var stores = Enumerable.Range(0, 4).Select(_ => Open()).ToList();
        var writers = await Task.WhenAll(stores.Select(store => store.CreateAsync("a", WriteCondition.IfAbsent, Late)));
        foreach (var (i, writer) in writers.Index())
        {
            await writer.WriteAsync(Random(6_000_000, seed: i), Late);
        }

        var won = await Task.WhenAll(writers.Select(writer => Task.Run(() => TryAsync(writer.CompleteAsync(Late)))));

        Assert.True(won.Contains(true) && (won.Count(one => one) == 1 || !JudgesLargeObjectsAtOnce));
        var bytes = await ReadAsync(stores[0], "a");
        Assert.Contains(Enumerable.Range(0, 4), i => won[i] && bytes.AsSpan().SequenceEqual(Random(6_000_000, seed: i)));
        foreach (var writer in writers)
        {
            await writer.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_write_if_match_replaces_only_what_was_seen()
    {
        var store = Open();
        var first = await PutAsync(store, "a", "1");
        var second = await store.PutAsync("a", Bytes("2"), WriteCondition.IfMatch(first), Late);

        await FailsAsync(StorageFailure.Conflict, () => store.PutAsync("a", Bytes("3"), WriteCondition.IfMatch(first), Late));
        Assert.Equal("2"u8.ToArray(), await ReadAsync(store, "a"));
        await store.DeleteAsync("a", Late);
        await FailsAsync(StorageFailure.Conflict, () => store.PutAsync("a", Bytes("4"), WriteCondition.IfMatch(second), Late));
        Assert.Empty(await ListAsync(store));
    }

    [Fact]
    public async Task Of_many_who_write_if_absent_one_wins()
    {
        var stores = Enumerable.Range(0, 4).Select(_ => Open()).ToList();

        var won = await Task.WhenAll(Enumerable.Range(0, 32).Select(i => Task.Run(() =>
            TryAsync(stores[i % 4].PutAsync("a/b", Bytes($"{i}"), WriteCondition.IfAbsent, Late)))));

        var winner = Assert.Single(Enumerable.Range(0, 32), i => won[i]);
        Assert.Equal(Bytes($"{winner}").ToArray(), await ReadAsync(stores[0], "a/b"));
    }

    [Fact]
    public async Task Compare_and_set_loses_no_update()
    {
        const int taskCount = 32;
        const int roundCount = 4;
        // As many processes would: each with a store of its own on the same place.
        var stores = Enumerable.Range(0, 4).Select(_ => Open()).ToList();
        await PutAsync(stores[0], "counter", "0");

        await Task.WhenAll(Enumerable.Range(0, taskCount).Select(i => Task.Run(async () =>
        {
            for (var round = 0; round < roundCount; round++)
            {
                while (!await TryIncrementAsync(stores[i % 4]))
                {
                }
            }
        })));

        Assert.Equal(taskCount * roundCount, await CountAsync(stores[0]));
    }

    private async Task<bool> TryIncrementAsync(ObjectStore store)
    {
        var content = await store.ReadAsync("counter", 100, Late);
        var next = int.Parse(Encoding.UTF8.GetString(content.Bytes.Span), CultureInfo.InvariantCulture) + 1;
        return await TryAsync(store.PutAsync("counter", Bytes($"{next}"), WriteCondition.IfMatch(content.ETag), Late));
    }

    private async Task<int> CountAsync(ObjectStore store) =>
        int.Parse(Encoding.UTF8.GetString((await store.ReadAsync("counter", 100, Late)).Bytes.Span), CultureInfo.InvariantCulture);

    private static async Task<bool> TryAsync(Task put)
    {
        try
        {
            await put;
            return true;
        }
        catch (StorageException conflict) when (conflict.Failure == StorageFailure.Conflict)
        {
            return false;
        }
    }
}
