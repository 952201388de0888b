using Azure.Storage.Blobs.Specialized;

namespace Mirror.Storage.Tests;

public sealed class AzureStoreTests : StoreContract, IAsyncLifetime
{
    private readonly AzureContainerOfTest _container = new();

    public Task InitializeAsync() => _container.CreateAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    protected override ObjectStore Open() => _container.Open();

    protected override Task FillAsync(string folder, int count)
    {
        var store = Open();
        return Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (i, cancellation) =>
            await store.PutAsync($"{folder}/{i / 1000}/{i:000000}", default, WriteCondition.None, cancellation));
    }

    [Fact]
    public override async Task Ten_thousand_objects_are_listed()
    {
        using var listings = new RequestCount($"{_container.Name}?");

        await base.Ten_thousand_objects_are_listed();

        // It lists twice.
        Assert.InRange(listings.Value, 4, 6);
    }

    [Fact]
    public async Task A_small_object_is_read_and_written_by_one_request_each()
    {
        var store = Open();
        using var requests = new RequestCount(_container.Name);

        await WriteAsync(store, "a", Random(100_000), 10_000);
        Assert.Equal(1, requests.Value);
        await store.ReadAsync("a", 200_000, Late);
        Assert.Equal(2, requests.Value);
        await ReadAsync(store, "a", 50_000, 10);
        Assert.Equal(3, requests.Value);
        Assert.Null(await store.TryReadAsync("b", 10, Late));
        Assert.Equal(4, requests.Value);
    }

    [Fact]
    public async Task Every_odd_character_is_kept_wherever_it_stands()
    {
        var store = Open();
        var odd = Enumerable.Range(0x20, 0x230).Append(0x2028).Append(0x202e).Append(0x3000).Append(0xfeff).Append(0xfb01).Append(0x1f468)
            .Select(char.ConvertFromUtf32);
        var keys = odd.SelectMany((c, i) => new[] { $"{i:0000}/{c}", $"{i:0000}/{c}a", $"{i:0000}/a{c}", $"{i:0000}/a{c}b" })
            .Where(key => StoreKey.Fault(key) is null).Distinct().ToList();
        Assert.InRange(keys.Count, 2_000, 4_000);

        await Parallel.ForEachAsync(keys, Late, async (key, cancellation) =>
            await store.PutAsync(key, Bytes(key), WriteCondition.IfAbsent, cancellation));

        Assert.Equal(keys.Order(Comparer<string>.Create(StoreKey.Compare)), await KeysAsync(store));
        await Parallel.ForEachAsync(keys, Late, async (key, cancellation) =>
            Assert.Equal(Bytes(key).ToArray(), (await store.ReadAsync(key, 100, cancellation)).Bytes.ToArray()));
    }

    [Fact]
    public async Task A_prefix_is_in_front_of_all_keys_and_of_the_stores_own()
    {
        var (store, whole) = (_container.Open("team/mirrors"), Open());
        await PutAsync(store, "a/b", "1");
        await PutAsync(whole, "team/mirrors2/a", "2");
        await using var lease = await store.TryLeaseAsync("a/b", TimeSpan.FromSeconds(15), Late);

        Assert.Equal(["a/b"], await KeysAsync(store));
        Assert.Equal(["team/mirrors/a/b", "team/mirrors2/a"], await KeysAsync(whole));
        Assert.EndsWith($"/{_container.Name}/team/mirrors", store.Name, StringComparison.Ordinal);
        Assert.Null(await _container.Open("team/mirrors").TryLeaseAsync("a/b", TimeSpan.FromSeconds(15), Late));
        await using var other = await whole.TryLeaseAsync("a/b", TimeSpan.FromSeconds(15), Late);
        Assert.NotNull(other);
    }

    [Fact]
    public async Task What_others_keep_in_the_container_is_not_listed_where_it_is_no_key()
    {
        var store = Open();
        await PutAsync(store, "a/b", "1");
        foreach (var name in new[] { "backup~", "a//b", ".mirror~/x" })
        {
            using var empty = new MemoryStream();
            await _container.Client.GetBlockBlobClient(name).UploadAsync(empty, cancellationToken: Late);
        }

        Assert.Equal(["a/b"], await KeysAsync(store));
    }

    [Fact]
    public async Task Two_uploads_of_one_object_at_once_do_not_mix()
    {
        var store = Open();
        var (first, second) = (Random(12_000_000, seed: 1), Random(11_000_000, seed: 2));
        await using var one = await store.CreateAsync("a", Late);
        await using var other = await store.CreateAsync("a", Late);
        await one.WriteAsync(first, Late);
        await other.WriteAsync(second, Late);

        await one.CompleteAsync(Late);

        Assert.Equal(first, await ReadAsync(store, "a"));
        try
        {
            await other.CompleteAsync(Late);
            Assert.Equal(second, await ReadAsync(store, "a"));
        }
        catch (StorageException conflict) when (conflict.Failure == StorageFailure.Conflict)
        {
            // Azure drops all blocks that are in no list when a blob is written; Azurite keeps them.
            Assert.Equal(first, await ReadAsync(store, "a"));
        }
    }

    [Fact]
    public async Task A_large_object_if_match_is_judged_when_it_is_complete()
    {
        var store = Open();
        var etag = await PutAsync(store, "a", "first");
        await using var late = await store.CreateAsync("a", WriteCondition.IfMatch(etag), Late);
        await late.WriteAsync(Random(6_000_000), Late);
        await using var inTime = await store.CreateAsync("b", WriteCondition.IfAbsent, Late);
        await inTime.WriteAsync(Random(6_000_000), Late);

        await PutAsync(store, "a", "second");

        await FailsAsync(StorageFailure.Conflict, () => late.CompleteAsync(Late));
        Assert.Equal("second"u8.ToArray(), await ReadAsync(store, "a"));
        Assert.Equal(6_000_000, (await inTime.CompleteAsync(Late)).Size);
    }
}
