namespace Mirror.Storage.Tests;

public abstract partial class StoreContract
{
    // Nothing is waited for that long: 60 s are the longest lease of Azure.
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A_lease_is_one_holders_until_it_is_released()
    {
        var (store, other) = (Open(), Open());
        var lease = (await store.TryLeaseAsync("ce/routy", Long, Late))!;

        Assert.Equal("ce/routy", lease.Key);
        Assert.Null(await other.TryLeaseAsync("ce/routy", Long, Late));
        Assert.Null(await store.TryLeaseAsync("ce/routy", Long, Late));
        await lease.DisposeAsync();

        Assert.False(lease.Lost.IsCancellationRequested);
        await using var next = await other.TryLeaseAsync("ce/routy", Long, Late);
        Assert.NotNull(next);
    }

    [Fact]
    public async Task Leases_are_apart_from_each_other_and_from_objects()
    {
        var store = Open();
        await PutAsync(store, "a", "object");
        await using var lease = await store.TryLeaseAsync("a", Long, Late);
        await using var folder = await store.TryLeaseAsync("a/b", Long, Late);
        await using var longest = await store.TryLeaseAsync(new string('x', 1024), Long, Late);

        Assert.True(lease is not null && folder is not null && longest is not null);
        Assert.Equal(["a"], await KeysAsync(store));
        await PutAsync(store, "a", "changed");
        Assert.True(await store.DeleteAsync("a", Late));
        Assert.Null(await store.TryLeaseAsync("a", Long, Late));
    }

    [Fact]
    public async Task Of_many_who_want_a_lease_one_gets_it()
    {
        var stores = Enumerable.Range(0, 4).Select(_ => Open()).ToList();

        var leases = await Task.WhenAll(Enumerable.Range(0, 32).Select(i => Task.Run(() => stores[i % 4].TryLeaseAsync("a", Long, Late))));

        await Assert.Single(leases, lease => lease is not null)!.DisposeAsync();
    }

    [Fact]
    public async Task A_released_lease_goes_to_one_who_waits()
    {
        var (store, other) = (Open(), Open());
        var lease = await store.TryLeaseAsync("a", TimeSpan.FromSeconds(15), Late);
        var waiting = other.LeaseAsync("a", TimeSpan.FromSeconds(15), Deadline, Late);
        Assert.False(waiting.IsCompleted);

        await lease!.DisposeAsync();

        await using var next = await waiting;
        Assert.NotNull(next);
    }
}
