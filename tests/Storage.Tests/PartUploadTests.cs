using Mirror.Storage.Parts;

namespace Mirror.Storage.Tests;

public sealed class PartUploadTests
{
    private const int PartSize = 5 * 1024 * 1024;

    private readonly PartsInMemory _target = new();

    private CancellationToken Late { get; } = new CancellationTokenSource(TimeSpan.FromMinutes(1)).Token;

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 1)]
    [InlineData(PartSize - 1, 100_000)]
    [InlineData(PartSize, PartSize)]
    [InlineData(PartSize, 4_096)]
    public async Task What_fits_into_a_part_goes_by_one_request(int size, int pieceSize)
    {
        var written = await WriteAsync(Random(size), pieceSize);

        Assert.Equal(["whole"], _target.Calls);
        Assert.Equal(Random(size), _target.Published);
        Assert.Equal(size, written!.Value.Size);
    }

    [Theory]
    [InlineData(PartSize + 1, 65_536, 2)]
    [InlineData(PartSize * 2, PartSize * 2, 2)]
    [InlineData(PartSize * 2 + 1, 1_000_000, 3)]
    [InlineData(PartSize * 7 - 5, PartSize + 1, 7)]
    public async Task What_is_larger_goes_in_parts(int size, int pieceSize, int count)
    {
        var written = await WriteAsync(Random(size), pieceSize);

        Assert.Equal(["begin", .. Enumerable.Range(1, count).Select(i => $"part {i}"), $"join {count}"], _target.Calls);
        Assert.Equal(Random(size), _target.Published);
        Assert.Equal(size, written!.Value.Size);
        Assert.InRange(_target.MostAtOnce, 1, 2);
    }

    [Fact]
    public async Task Whoever_writes_faster_than_parts_arrive_waits()
    {
        var gate = new TaskCompletionSource();
        _target.OnPart = _ => gate.Task;
        await using var upload = new PartUpload(_target);
        await upload.WriteAsync(Random(PartSize * 3), Late);

        // Two are on their way, one is full, and there is room for no byte more.
        var writing = upload.WriteAsync(new byte[1], Late).AsTask();
        Assert.False(writing.IsCompleted);
        gate.SetResult();
        await writing;
        await upload.TryCompleteAsync(Late);

        Assert.Equal([.. Random(PartSize * 3), 0], _target.Published);
    }

    [Fact]
    public async Task A_part_that_fails_fails_the_write_that_waits_for_it_and_nothing_is_published()
    {
        _target.OnPart = number => number == 2 ? Task.FromException(new IOException("part 2")) : Task.CompletedTask;
        await using (var upload = new PartUpload(_target))
        {
            var failure = await Assert.ThrowsAsync<IOException>(async () => await upload.WriteAsync(new byte[PartSize * 6], Late));
            Assert.Equal("part 2", failure.Message);
        }

        Assert.Equal("abort", _target.Calls[^1]);
        Assert.DoesNotContain(_target.Calls, call => call.StartsWith("join", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_last_part_that_fails_fails_the_completion()
    {
        _target.OnPart = number => number == 3 ? Task.FromException(new IOException("part 3")) : Task.CompletedTask;
        await using (var upload = new PartUpload(_target))
        {
            await upload.WriteAsync(new byte[PartSize * 2 + 1], Late);
            await Assert.ThrowsAsync<IOException>(() => upload.TryCompleteAsync(Late));
        }

        Assert.Equal("abort", _target.Calls[^1]);
    }

    [Fact]
    public async Task Disposal_gives_up_the_parts_under_way_and_frees_the_rest()
    {
        _target.OnPart = _ => Task.Delay(Timeout.Infinite, _target.Cancellation);
        var upload = new PartUpload(_target);
        await upload.WriteAsync(new byte[PartSize * 3], Late);

        await upload.DisposeAsync().AsTask().WaitAsync(Late);

        Assert.True(_target.Cancellation.IsCancellationRequested);
        Assert.Equal("abort", _target.Calls[^1]);
    }

    [Fact]
    public async Task A_store_that_cannot_even_abort_does_not_hide_what_came_before()
    {
        _target.OnAbort = () => throw new IOException("abort");
        var upload = new PartUpload(_target);
        await upload.WriteAsync(new byte[PartSize * 2], Late);

        await upload.DisposeAsync();

        Assert.Equal("abort", _target.Calls[^1]);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(PartSize * 2)]
    public async Task A_condition_that_does_not_hold_is_null(int size)
    {
        _target.IsConditionMet = false;

        Assert.Null(await WriteAsync(new byte[size], size));

        Assert.Null(_target.Published);
        Assert.Equal(size == 10 ? "whole" : "abort", _target.Calls[^1]);
    }

    [Fact]
    public async Task A_wait_for_parts_can_be_cancelled()
    {
        _target.OnPart = _ => Task.Delay(Timeout.Infinite, _target.Cancellation);
        await using var upload = new PartUpload(_target);
        using var soon = new CancellationTokenSource();
        await upload.WriteAsync(new byte[PartSize * 3], soon.Token);

        var writing = upload.WriteAsync(new byte[1], soon.Token).AsTask();
        await soon.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => writing);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await upload.WriteAsync(default, soon.Token));
    }

    [Fact]
    public void Parts_begin_small_and_ten_thousand_hold_more_than_any_bundle()
    {
        Assert.Equal(PartSize, PartSizes.Of(1));
        Assert.Equal(PartSize, PartSizes.Of(2_000));
        Assert.Equal(PartSize * 2, PartSizes.Of(2_001));
        Assert.Equal(PartSize * 16, PartSizes.Of(PartSizes.MaxCount));
        Assert.InRange(Enumerable.Range(1, PartSizes.MaxCount).Sum(number => (long)PartSizes.Of(number)), 300_000_000_000, 400_000_000_000);
        Assert.Throws<ArgumentOutOfRangeException>(() => PartSizes.Of(PartSizes.MaxCount + 1));
    }

    private async Task<StoredObject?> WriteAsync(ReadOnlyMemory<byte> bytes, int pieceSize)
    {
        await using var upload = new PartUpload(_target);
        for (var left = bytes; !left.IsEmpty; left = left[Math.Min(pieceSize, left.Length)..])
        {
            await upload.WriteAsync(left[..Math.Min(pieceSize, left.Length)], Late);
        }
        return await upload.TryCompleteAsync(Late);
    }

    private static byte[] Random(int size)
    {
        var bytes = new byte[size];
        new Random(1).NextBytes(bytes);
        return bytes;
    }
}
