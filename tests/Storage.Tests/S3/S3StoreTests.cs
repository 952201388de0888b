namespace Mirror.Storage.Tests.S3;

/// <summary>The contract, on a real server.</summary>
public sealed class S3StoreTests : StoreContract, IAsyncLifetime
{
    private S3TestBucket? _bucket;

    protected override bool TellsTimeOfWrite => false;

    // Amazon does; Ceph, which this runs on, does not.
    protected override bool JudgesLargeObjectsAtOnce => false;

    private S3TestBucket Bucket => _bucket!;

    public async Task InitializeAsync() => _bucket = await S3TestBucket.MakeAsync();

    protected override ObjectStore Open() => Bucket.Open();

    protected override Task FillAsync(string folder, int count) => Parallel.ForEachAsync(
        Enumerable.Range(0, count),
        new ParallelOptions { MaxDegreeOfParallelism = 16 },
        async (i, _) => await Bucket.PutAsync($"{folder}/{i / 1000}/{i:000000}", ""));

    [Fact]
    public async Task Nothing_is_left_of_an_upload_that_is_not_completed()
    {
        var store = Open();
        var writer = await store.CreateAsync("a", Late);
        await writer.WriteAsync(Random(11_000_000), Late);
        Assert.Equal(1, await Bucket.CountUploadsAsync());
        await writer.DisposeAsync();
        Assert.Equal(0, await Bucket.CountUploadsAsync());

        await using (var cancelled = await store.CreateAsync("a", Late))
        {
            await cancelled.WriteAsync(Random(16_000_000), Late);
            var over = new CancellationToken(canceled: true);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled.CompleteAsync(over));
        }

        Assert.Equal(0, await Bucket.CountUploadsAsync());
        Assert.Empty(await ListAsync(store));
    }

    public Task DisposeAsync()
    {
        Bucket.Dispose();
        return Task.CompletedTask;
    }
}
