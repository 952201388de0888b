using Mirror.Tests.Servers;

namespace Mirror.Storage.Tests.S3;

/// <summary>Connections that break, and a server that dies, in the middle of what is large.</summary>
public sealed class S3BrokenLineTests : IAsyncLifetime
{
    private S3TestBucket? _bucket;

    private static CancellationToken Late => new CancellationTokenSource(TimeSpan.FromMinutes(2)).Token;

    private S3TestBucket Bucket => _bucket!;

    public async Task InitializeAsync() => _bucket = await S3TestBucket.MakeAsync();

    [Fact]
    public async Task An_upload_goes_on_after_its_connection_broke()
    {
        await using var proxy = new FaultProxy(Bucket.Endpoint.Port, Fault.CutOnce(Direction.Upstream, 7_000_000));
        var bytes = Random(12_000_000);

        await WriteAsync(OpenAt(proxy.Port), "a", bytes);

        // Of two connections with parts on them, both may be cut.
        Assert.InRange(proxy.CutCount, 1, 2);
        Assert.Equal(bytes, (await Bucket.Open().ReadAsync("a", bytes.Length, Late)).Bytes.ToArray());
        Assert.Equal(0, await Bucket.CountUploadsAsync());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    [InlineData(5_000_000)]
    [InlineData(8_500_000)]
    public async Task A_download_goes_on_after_its_connection_broke(int offset)
    {
        await using var proxy = new FaultProxy(Bucket.Endpoint.Port, Fault.CutOnce(Direction.Downstream, 3_000_000 - offset / 3));
        var bytes = Random(9_000_000);
        await WriteAsync(Bucket.Open(), "a", bytes);

        await using var reader = await OpenAt(proxy.Port).OpenReadAsync("a", offset, Late);
        var rest = new byte[bytes.Length - offset];
        await reader.ReadExactlyAsync(rest, Late);

        Assert.True(bytes.AsSpan(offset).SequenceEqual(rest));
        Assert.Equal(1, proxy.CutCount);
        Assert.Equal(0, await reader.ReadAsync(new byte[1], Late));
    }

    [Fact]
    public async Task A_download_does_not_go_on_with_another_object()
    {
        await using var proxy = new FaultProxy(Bucket.Endpoint.Port, Fault.CutOnce(Direction.Downstream, 15_000_000));
        await WriteAsync(Bucket.Open(), "a", Random(20_000_000));
        await using var reader = await OpenAt(proxy.Port).OpenReadAsync("a", 0, Late);
        await reader.ReadExactlyAsync(new byte[1_000], Late);
        await WriteAsync(Bucket.Open(), "a", new byte[20_000_000]);

        var failure = await Assert.ThrowsAsync<StorageException>(() => reader.CopyToAsync(Stream.Null, Late));

        Assert.Equal(StorageFailure.Conflict, failure.Failure);
        Assert.EndsWith("read 'a': it was replaced meanwhile", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_dies_in_mid_upload_is_told_of_what_was_given_up_once_it_is_back()
    {
        var gateway = await RadosGateway.StartAsync();
        var store = OpenAt(gateway.Port);
        await using var writer = await store.CreateAsync("a", Late);
        await writer.WriteAsync(Random(16_000_000), Late);
        await gateway.DisposeAsync();

        var failure = await Assert.ThrowsAsync<StorageException>(async () =>
        {
            await writer.WriteAsync(Random(16_000_000), Late);
            await writer.CompleteAsync(Late);
        });
        await writer.DisposeAsync();

        Assert.Equal((StorageFailure.Unavailable, true), (failure.Failure, failure.IsTransient));
        Assert.Contains($"127.0.0.1:{gateway.Port}", failure.Message, StringComparison.Ordinal);
        Assert.Empty(await Bucket.Open().ListAsync("", Late).ToListAsync());
        Assert.Equal(1, await Bucket.CountUploadsAsync());

        await using var again = await gateway.StartAgainAsync();
        await WriteAsync(store, "a", Random(6_000_000));
        Assert.Equal(0, await Bucket.CountUploadsAsync());
    }

    private ObjectStore OpenAt(int port) => ObjectStore.OpenS3(Bucket.AddressAt(port), S3TestBucket.Login, TimeProvider.System);

    private static byte[] Random(int size)
    {
        var bytes = new byte[size];
        new Random(1).NextBytes(bytes);
        return bytes;
    }

    private static async Task WriteAsync(ObjectStore store, string key, byte[] bytes)
    {
        await using var writer = await store.CreateAsync(key, Late);
        await writer.WriteAsync(bytes, Late);
        await writer.CompleteAsync(Late);
    }

    public Task DisposeAsync()
    {
        Bucket.Dispose();
        return Task.CompletedTask;
    }
}
