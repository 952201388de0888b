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

    [Fact]
    public async Task A_large_object_if_absent_is_judged_when_it_is_complete()
    {
        var store = Open();
        await using var writer = await store.CreateAsync("a", WriteCondition.IfAbsent, Late);
        await writer.WriteAsync(Bytes("second"), Late);
        await PutAsync(store, "a", "first");

        await FailsAsync(StorageFailure.Conflict, () => writer.CompleteAsync(Late));

        await writer.DisposeAsync();
        Assert.Equal("first"u8.ToArray(), await ReadAsync(store, "a"));
        Assert.Equal(["a"], await KeysAsync(store));
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

    private static async Task<bool> TryAsync(Task<string> put)
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
