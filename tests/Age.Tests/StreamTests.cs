using Mirror.Tests.Servers;

namespace Mirror.Age.Tests;

/// <summary>The two streams under callers and neighbours that do not behave.</summary>
public class StreamTests
{
    [Theory]
    [InlineData(1, 70_000)]
    [InlineData(65535, 300_000)]
    [InlineData(65536, 262_144)]
    [InlineData(65537, 300_000)]
    [InlineData(200_000, 400_000)]
    public async Task Pieces_of_any_size_make_the_same_file(int piece, int size)
    {
        var plaintext = Sealed.RandomBytes(seed: piece, size);
        using var destination = new MemoryStream();
        await using var file = AgeFile.Encrypt(destination, [Sealed.Identity.Recipient]);
        foreach (var bytes in plaintext.Chunk(piece))
        {
            await file.WriteAsync(bytes);
            await file.WriteAsync(ReadOnlyMemory<byte>.Empty);
            await file.FlushAsync();
        }
        await file.CompleteAsync(CancellationToken.None);

        Assert.Equal(plaintext, await Sealed.DecryptAsync(destination.ToArray()));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(65536)]
    [InlineData(131_072)]
    [InlineData(140_000)]
    public async Task One_byte_at_a_time_is_the_same(int size)
    {
        var plaintext = Sealed.RandomBytes(seed: size, size);
        await using var file = await AgeFile.DecryptAsync(
            new StingyStream(await Sealed.EncryptAsync(plaintext)), [Sealed.Identity], CancellationToken.None);
        var (one, all) = (new byte[1], new List<byte>());
        while (await file.ReadAsync(one) == 1)
        {
            all.Add(one[0]);
        }

        Assert.Equal(plaintext, all);
        Assert.Equal(0, await file.ReadAsync(one));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(65536)]
    [InlineData(100_000)]
    [InlineData(131_072)]
    public async Task Disposal_does_not_seal(int size)
    {
        using var destination = new MemoryStream();
        await using (var file = AgeFile.Encrypt(destination, [Sealed.Identity.Recipient]))
        {
            await file.WriteAsync(new byte[size]);
        }

        Assert.True(destination.CanWrite);
        Assert.Equal(AgeFailure.Truncated, await Sealed.FailureAsync(destination.ToArray(), $"{size} bytes"));
    }

    [Fact]
    public async Task Nothing_is_written_before_the_first_chunk()
    {
        using var destination = new MemoryStream();
        await using var file = AgeFile.Encrypt(destination, [Sealed.Identity.Recipient]);
        await file.WriteAsync(new byte[65536]);

        Assert.Equal(0, destination.Length);
    }

    [Fact]
    public async Task A_complete_file_takes_no_more()
    {
        using var destination = new MemoryStream();
        var file = AgeFile.Encrypt(destination, [Sealed.Identity.Recipient]);
        await file.CompleteAsync(CancellationToken.None);
        var whole = destination.ToArray();

        await Assert.ThrowsAsync<InvalidOperationException>(() => file.WriteAsync(new byte[1]).AsTask());
        await Assert.ThrowsAsync<InvalidOperationException>(() => file.CompleteAsync(CancellationToken.None).AsTask());
        await file.DisposeAsync();
        await file.DisposeAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(() => file.CompleteAsync(CancellationToken.None).AsTask());
        Assert.Equal(whole, destination.ToArray());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task A_failed_write_cannot_be_completed(int failing)
    {
        using var destination = new FragileStream(failing, new byte[300_000]);
        await using var file = AgeFile.Encrypt(destination, [Sealed.Identity.Recipient]);

        await Assert.ThrowsAsync<IOException>(async () =>
        {
            await file.WriteAsync(new byte[140_000]);
            await file.CompleteAsync(CancellationToken.None);
        });

        await Assert.ThrowsAsync<InvalidOperationException>(() => file.WriteAsync(new byte[1]).AsTask());
        await Assert.ThrowsAsync<InvalidOperationException>(() => file.CompleteAsync(CancellationToken.None).AsTask());
    }

    [Fact]
    public async Task A_cancelled_write_cannot_be_completed()
    {
        await using var file = AgeFile.Encrypt(new MemoryStream(), [Sealed.Identity.Recipient]);
        var cancelled = new CancellationToken(canceled: true);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => file.WriteAsync(new byte[65537], cancelled).AsTask());
        await Assert.ThrowsAsync<InvalidOperationException>(() => file.CompleteAsync(CancellationToken.None).AsTask());
    }

    [Fact]
    public async Task An_error_of_the_source_passes_as_it_is_and_the_file_can_be_read_on()
    {
        var plaintext = Sealed.RandomBytes(seed: 3, 100_000);
        using var source = new FragileStream(failing: 50, await Sealed.EncryptAsync(plaintext));
        await using var file = await AgeFile.DecryptAsync(source, [Sealed.Identity], CancellationToken.None);
        var read = new byte[plaintext.Length];

        Assert.Equal("no space left on device",
            (await Assert.ThrowsAsync<IOException>(() => file.ReadExactlyAsync(read.AsMemory(0, 10)).AsTask())).Message);
        await file.ReadExactlyAsync(read);
        Assert.Equal(plaintext, read);
        Assert.Equal(0, await file.ReadAsync(new byte[1]));
        await Assert.ThrowsAsync<IOException>(() =>
            AgeFile.DecryptAsync(new FragileStream(failing: 0, []), [Sealed.Identity], CancellationToken.None));
    }

    [Fact]
    public async Task The_source_stays_open_and_a_closed_reader_reads_no_more()
    {
        using var source = new MemoryStream(await Sealed.EncryptAsync([1, 2, 3]));
        var file = await AgeFile.DecryptAsync(source, [Sealed.Identity], CancellationToken.None);
        await file.DisposeAsync();
        await file.DisposeAsync();

        Assert.True(source.CanRead);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => file.ReadAsync(new byte[1]).AsTask());
    }

    [Fact]
    public async Task What_a_chunk_costs_is_no_memory()
    {
        var piece = new byte[65536];
        await using var file = AgeFile.Encrypt(Stream.Null, [Sealed.Identity.Recipient]);
        await file.WriteAsync(piece);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            await file.WriteAsync(piece);
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 10_000);
    }
}
