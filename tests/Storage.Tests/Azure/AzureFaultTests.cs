using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Mirror.Tests.Servers;

namespace Mirror.Storage.Tests;

/// <summary>What breaks between a container and us, or was never there.</summary>
public sealed class AzureFaultTests : IAsyncLifetime
{
    private readonly AzureContainerOfTest _container = new();

    private CancellationToken Late { get; } = new CancellationTokenSource(TimeSpan.FromMinutes(1)).Token;

    public Task InitializeAsync() => _container.CreateAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task A_missing_container_is_said_and_not_made()
    {
        await _container.Client.DeleteAsync(cancellationToken: Late);
        var store = _container.Open();
        Func<Task>[] actions =
        [
            () => store.TryStatAsync("a", Late), () => store.TryReadAsync("a", 1, Late), () => store.DeleteAsync("a", Late),
            async () => await store.ListAsync("", Late).CountAsync(Late), () => PutAsync(store),
            () => store.PutAsync("a", default, WriteCondition.IfAbsent, Late), () => WriteAsync(store, 6_000_000),
            () => store.TryLeaseAsync("a", TimeSpan.FromSeconds(15), Late),
        ];

        foreach (var action in actions)
        {
            var failure = await FailsAsync(StorageFailure.NotFound, action);
            Assert.EndsWith(
                $": the container '{_container.Name}' does not exist: create it, or correct its name",
                failure.Message, StringComparison.Ordinal);
        }
        Assert.False((await _container.Client.ExistsAsync(Late)).Value);
    }

    [Fact]
    public async Task A_refused_connection_is_tried_again_and_given_up()
    {
        var port = ClosedPort();
        var watch = Stopwatch.StartNew();

        var failure = await FailsAsync(StorageFailure.Unavailable, () => PutAsync(_container.OpenAt(port)));

        Assert.EndsWith($"write 'a': 127.0.0.1:{port} refuses the connection", failure.Message, StringComparison.Ordinal);
        Assert.True(failure.IsTransient);
        // It was tried again in between.
        Assert.True(watch.Elapsed > TimeSpan.FromSeconds(3), $"{watch.Elapsed}");
    }

    [Fact]
    public async Task A_host_that_does_not_resolve_is_named()
    {
        var address = new AzureLocation("no-such-account", "container", "") { Endpoint = new Uri("http://no-such-account.invalid") };
        var store = ObjectStore.OpenAzure(
            address, new AzureLogin.Signature(AzureContainerOfTest.Always("sv=2022&sig=secret")), TimeProvider.System);

        var failure = await FailsAsync(StorageFailure.Unavailable, () => store.TryStatAsync("a", Late));

        Assert.Equal(
            "az://no-such-account/container: look at 'a': the host no-such-account.invalid does not resolve: is the account's name right?",
            failure.Message);
    }

    [Fact]
    public async Task A_server_that_dies_in_mid_upload_leaves_nothing_to_be_seen()
    {
        await using var proxy = new FaultProxy(_container.Port, Fault.Cut(Direction.Upstream, after: 13_000_000));

        var failure = await FailsAsync(StorageFailure.Unavailable, () => WriteAsync(_container.OpenAt(proxy.Port), 40_000_000));

        Assert.Contains($"write 'a': the connection to 127.0.0.1:{proxy.Port} broke", failure.Message, StringComparison.Ordinal);
        Assert.Null(await _container.Open().TryStatAsync("a", Late));
        Assert.Equal(0, await _container.Open().ListAsync("", Late).CountAsync(Late));
    }

    [Theory]
    [InlineData(10_000)]
    [InlineData(5_300_000)]
    [InlineData(9_000_000)]
    public async Task An_upload_whose_connection_breaks_once_goes_on(int offset)
    {
        await using var proxy = new FaultProxy(_container.Port, Fault.CutOnce(Direction.Upstream, after: offset));

        await WriteAsync(_container.OpenAt(proxy.Port), 12_000_000);

        Assert.Equal(1, proxy.CutCount);
        Assert.Equal(Random(12_000_000), (await _container.Open().ReadAsync("a", 12_000_000, Late)).Bytes.ToArray());
    }

    [Theory]
    [InlineData(2_000)]
    [InlineData(3_000_000)]
    public async Task A_download_whose_connection_breaks_goes_on_where_it_was(int offset)
    {
        await WriteAsync(_container.Open(), 6_000_000);
        await using var proxy = new FaultProxy(_container.Port, Fault.CutOnce(Direction.Downstream, after: offset));

        await using var reader = await _container.OpenAt(proxy.Port).OpenReadAsync("a", 1_000, Late);

        Assert.Equal(Random(6_000_000)[1_000..], await ReadAsync(reader));
        Assert.Equal(1, proxy.CutCount);
    }

    [Fact]
    public async Task A_download_of_what_was_replaced_meanwhile_does_not_go_on()
    {
        var store = _container.Open();
        await WriteAsync(store, 6_000_000);
        await using var proxy = new FaultProxy(_container.Port, Fault.CutOnce(Direction.Downstream, after: 3_000_000));
        await using var reader = await _container.OpenAt(proxy.Port).OpenReadAsync("a", 0, Late);
        await reader.ReadExactlyAsync(new byte[1_000], Late);

        await WriteAsync(store, 6_000_001);

        var failure = await FailsAsync(StorageFailure.Conflict, () => ReadAsync(reader));
        Assert.EndsWith("read 'a': it was replaced meanwhile", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_download_from_a_server_that_stays_away_is_given_up()
    {
        await WriteAsync(_container.Open(), 6_000_000);
        await using var proxy = new FaultProxy(_container.Port, Fault.Cut(Direction.Downstream, after: 3_000_000));
        await using var reader = await _container.OpenAt(proxy.Port).OpenReadAsync("a", 0, Late);

        var failure = await FailsAsync(StorageFailure.Unavailable, () => ReadAsync(reader));

        Assert.Contains($"read 'a': the connection to 127.0.0.1:{proxy.Port} broke", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(6_000_000)]
    public async Task A_write_whose_answer_was_lost_is_found_to_be_our_own(int size)
    {
        // There is an answer for each part and one for the whole, of about one size. The last is the one that counts.
        var whole = new FaultProxy(_container.Port);
        await WriteAsync(_container.OpenAt(whole.Port), size);
        var last = size > 5_242_880 ? whole.DownstreamSize * 2 / 3 + 64 : 0;
        await whole.DisposeAsync();
        await _container.Open().DeleteAsync("a", Late);
        await using var proxy = new FaultProxy(_container.Port, Fault.CutOnce(Direction.Downstream, after: last));

        var written = await WriteAsync(_container.OpenAt(proxy.Port), size);

        Assert.Equal(1, proxy.CutCount);
        Assert.Equal(await _container.Open().TryStatAsync("a", Late), written);
    }

    [Fact]
    public async Task A_cancellation_between_attempts_is_one()
    {
        using var soon = new CancellationTokenSource(TimeSpan.FromSeconds(2));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            _container.OpenAt(ClosedPort()).PutAsync("a", default, WriteCondition.None, soon.Token));
    }

    private static int ClosedPort()
    {
        using var socket = new TcpListener(IPAddress.Loopback, 0);
        socket.Start();
        return ((IPEndPoint)socket.LocalEndpoint).Port;
    }

    private static byte[] Random(int size)
    {
        var bytes = new byte[size];
        new Random(1).NextBytes(bytes);
        return bytes;
    }

    private Task<string> PutAsync(ObjectStore store) => store.PutAsync("a", "content"u8.ToArray(), WriteCondition.None, Late);

    private async Task<StoredObject> WriteAsync(ObjectStore store, int size)
    {
        await using var writer = await store.CreateAsync("a", size % 2 == 0 ? WriteCondition.IfAbsent : WriteCondition.None, Late);
        await writer.WriteAsync(Random(size), Late);
        return await writer.CompleteAsync(Late);
    }

    private async Task<byte[]> ReadAsync(ObjectReader reader)
    {
        using var bytes = new MemoryStream();
        await reader.CopyToAsync(bytes, Late);
        return bytes.ToArray();
    }

    private static async Task<StorageException> FailsAsync(StorageFailure failure, Func<Task> action)
    {
        var exception = await Assert.ThrowsAsync<StorageException>(action);
        Assert.Equal((failure, exception.Message), (exception.Failure, exception.Message));
        return exception;
    }
}
