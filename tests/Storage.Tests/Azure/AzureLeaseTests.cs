using Azure.Storage.Blobs.Specialized;
using Mirror.Storage.Leases;

namespace Mirror.Storage.Tests;

/// <summary>Azure's own leases, by the clock of Azurite where that matters.</summary>
public sealed class AzureLeaseTests : IAsyncLifetime
{
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(15);

    private readonly AzureContainerOfTest _container = new();

    private CancellationToken Late { get; } = new CancellationTokenSource(TimeSpan.FromMinutes(1)).Token;

    public Task InitializeAsync() => _container.CreateAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task The_lease_of_a_dead_holder_falls_free_by_itself()
    {
        // Its clock stands still, so it never renews.
        Assert.NotNull(await _container.Open(new HandTime()).TryLeaseAsync("a", Shortest, Late));
        var store = _container.Open();
        Assert.Null(await store.TryLeaseAsync("a", Shortest, Late));

        await using var next = await store.LeaseAsync("a", Shortest, Shortest * 2, Late);

        Assert.NotNull(next);
    }

    [Fact]
    public async Task A_holder_that_was_overtaken_learns_it_at_its_next_renewal_and_does_not_release_the_others()
    {
        var time = new HandTime();
        var lease = (await _container.Open(time).TryLeaseAsync("a", Shortest, Late))!;
        var blob = _container.Client.GetBlockBlobClient(LeaseObjects.PlaceOf("a"));
        await blob.GetBlobLeaseClient().BreakAsync(TimeSpan.Zero, cancellationToken: Late);
        await using var taken = await _container.Open().TryLeaseAsync("a", Shortest, Late);
        Assert.NotNull(taken);

        var lost = new TaskCompletionSource();
        lease.Lost.Register(lost.SetResult);
        time.Advance(Shortest / 3);
        await lost.Task.WaitAsync(Late);

        await lease.DisposeAsync();
        Assert.Null(await _container.Open().TryLeaseAsync("a", Shortest, Late));
    }

    [Fact]
    public async Task A_lease_lasts_no_longer_than_Azure_grants_and_is_renewed_in_that_time()
    {
        var time = new HandTime();
        await using var lease = (await _container.Open(time).TryLeaseAsync("a", TimeSpan.FromMinutes(10), Late))!;

        for (var i = 0; i < 6; i++)
        {
            var renewed = time.NextTimer;
            time.Advance(TimeSpan.FromSeconds(20));
            await renewed.WaitAsync(Late);
        }
        Assert.False(lease.Lost.IsCancellationRequested);
        // Faster than a renewal can be answered.
        time.Advance(TimeSpan.FromSeconds(60));
        Assert.True(lease.Lost.IsCancellationRequested);
    }

    [Fact]
    public async Task Its_blob_is_empty_and_is_made_anew_when_someone_has_deleted_it()
    {
        var store = _container.Open();
        await (await store.TryLeaseAsync("a", Shortest, Late))!.DisposeAsync();
        var blob = _container.Client.GetBlockBlobClient(LeaseObjects.PlaceOf("a"));
        Assert.Equal(0, (await blob.GetPropertiesAsync(cancellationToken: Late)).Value.ContentLength);
        await blob.DeleteAsync(cancellationToken: Late);

        await using var lease = await store.TryLeaseAsync("a", Shortest, Late);

        Assert.NotNull(lease);
    }
}
