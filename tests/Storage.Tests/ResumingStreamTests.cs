using Mirror.Storage.Parts;
using Mirror.Streams;

namespace Mirror.Storage.Tests;

public sealed class ResumingStreamTests
{
    private const int Size = 1_000;

    // Of those between attempts, and less than the patience with one that is silent.
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    private readonly HandTime _time = new();
    private readonly List<long> _opened = [];
    private readonly byte[] _bytes = Random(Size);
    private readonly TaskCompletionSource _waiting = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _closed;

    private CancellationToken Late { get; } = new CancellationTokenSource(TimeSpan.FromMinutes(1)).Token;

    [Theory]
    [InlineData(0, Size)]
    [InlineData(10, 500)]
    [InlineData(400, 400)]
    public async Task What_does_not_break_is_read_as_it_is(int offset, int end)
    {
        Assert.Equal(_bytes[offset..end], await ReadAsync(offset, end, [new Piece(end - offset)]));

        Assert.Empty(_opened);
        Assert.Equal(1, _closed);
    }

    [Theory]
    [InlineData(End.Breaks)]
    [InlineData(End.IsEarly)]
    [InlineData(End.IsOdd)]
    internal async Task A_connection_that_ends_is_followed_by_the_next_from_where_it_was(End end)
    {
        var read = await ReadAsync(
            100, 900, [new Piece(100, end), new Piece(0, end), new Piece(399, end), new Piece(1, end), new Piece(300)]);

        Assert.Equal(_bytes[100..900], read);
        Assert.Equal([200, 200, 599, 600], _opened);
        Assert.Equal(5, _closed);
    }

    [Fact]
    public async Task A_connection_that_falls_silent_is_given_up_after_a_minute()
    {
        await using var stream = New(0, Size, [new Piece(300, End.Waits), new Piece(700)]);
        var reading = ReadAsync(stream);
        await _waiting.Task.WaitAsync(Late);

        _time.Advance(TimeSpan.FromSeconds(59));
        Assert.False(reading.IsCompleted);
        while (!reading.IsCompleted)
        {
            // The last second, and then the pause before the next connection.
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        Assert.Equal(_bytes, await reading);
        Assert.Equal([300], _opened);
    }

    [Fact]
    public async Task Six_attempts_without_a_byte_are_enough()
    {
        await using var stream = New(0, Size, [new Piece(10, End.Breaks), .. Enumerable.Repeat(new Piece(0, End.Breaks), 20)]);

        await Assert.ThrowsAsync<IOException>(() => _time.SkipPausesAsync(() => ReadAsync(stream), LongestPause));

        Assert.Equal([10, 10, 10, 10, 10], _opened);
        Assert.InRange(_time.GetTimestamp(), TimeSpan.FromSeconds(7).Ticks, TimeSpan.FromSeconds(25).Ticks);
    }

    [Fact]
    public async Task However_often_it_breaks_it_goes_on_while_bytes_come()
    {
        var read = await ReadAsync(0, Size, [.. Enumerable.Repeat(new Piece(10, End.Breaks), 99), new Piece(10)]);

        Assert.Equal(_bytes, read);
    }

    [Fact]
    public async Task A_byte_a_second_is_as_good_as_silence()
    {
        // As many as it takes: each is followed by another connection after a minute, and the third minute is the last.
        await using var stream = New(0, Size, [.. Enumerable.Repeat(new Piece(200, End.Trickles), 4)]);
        var reading = ReadAsync(stream);

        while (!reading.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        var failure = await Assert.ThrowsAsync<IOException>(() => reading);
        Assert.Equal("fewer than 61440 bytes came in 60 seconds, 3 times", failure.Message);
        Assert.Equal([60, 120], _opened);
    }

    [Fact]
    public void A_slow_line_that_carries_enough_is_left_alone()
    {
        var throughput = new Throughput();
        for (var second = 0; second < 600; second++)
        {
            Assert.False(throughput.IsStalledAfter(1024, TimeSpan.FromSeconds(1)));
        }
        Assert.False(throughput.IsHopeless);
    }

    [Fact]
    public void A_line_that_comes_back_is_not_hopeless()
    {
        var throughput = new Throughput();
        for (var time = 0; time < 10; time++)
        {
            Assert.True(throughput.IsStalledAfter(1, Throughput.Window));
            Assert.True(throughput.IsStalledAfter(1, Throughput.Window));
            Assert.False(throughput.IsStalledAfter(Throughput.MinSize, Throughput.Window));
        }
        Assert.False(throughput.IsHopeless);
    }

    [Fact]
    public async Task A_connection_that_cannot_be_made_is_tried_again()
    {
        var failing = 3;
        var content = new ResumingStream.Content(
            Open(0, new Piece(500, End.Breaks)),
            0,
            Size,
            (position, _) => failing-- > 0 ? throw new IOException("refused") : Task.FromResult<Stream>(Open(position, new Piece(500))),
            _ => false);
        await using var stream = new ResumingStream(content, _time);

        Assert.Equal(_bytes, await _time.SkipPausesAsync(() => ReadAsync(stream), LongestPause));
    }

    [Fact]
    public async Task What_is_no_failure_of_the_connection_is_thrown_at_once()
    {
        await using var stream = New(0, Size, [new Piece(10, End.IsChanged), new Piece(990)]);

        await Assert.ThrowsAsync<InvalidOperationException>(() => ReadAsync(stream));

        Assert.Empty(_opened);
    }

    [Fact]
    public async Task A_cancelled_read_is_not_made_again()
    {
        using var cancellation = new CancellationTokenSource();
        await using var stream = New(0, Size, [new Piece(0, End.Waits), new Piece(Size)]);

        var reading = stream.ReadAsync(new byte[10], cancellation.Token).AsTask();
        Assert.False(reading.IsCompleted);
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
        Assert.Empty(_opened);
    }

    private Task<byte[]> ReadAsync(long offset, long end, Piece[] pieces) => _time.SkipPausesAsync(
        async () =>
        {
            await using var stream = New(offset, end, pieces);
            return await ReadAsync(stream);
        },
        LongestPause);

    private async Task<byte[]> ReadAsync(Stream stream)
    {
        using var all = new MemoryStream();
        await stream.CopyToAsync(all, 64, Late);
        return all.ToArray();
    }

    private ResumingStream New(long offset, long end, Piece[] pieces)
    {
        var next = new Queue<Piece>(pieces);
        var content = new ResumingStream.Content(
            Open(offset, next.Dequeue()),
            offset,
            end,
            (position, _) =>
            {
                _opened.Add(position);
                return Task.FromResult<Stream>(Open(position, next.Dequeue()));
            },
            failure => failure is InvalidDataException);
        return new ResumingStream(content, _time);
    }

    private Connection Open(long position, Piece piece) =>
        new Connection(_bytes.AsMemory((int)position, piece.Size), piece.End, this);

    private static byte[] Random(int size)
    {
        var bytes = new byte[size];
        new Random(1).NextBytes(bytes);
        return bytes;
    }

    internal enum End
    {
        IsEarly,
        Breaks,
        IsOdd,
        IsChanged,
        Waits,
        Trickles,
    }

    private sealed record Piece(int Size, End End = End.IsEarly);

    /// <summary>Some bytes, at most 50 at once, and then what becomes of it.</summary>
    private sealed class Connection(ReadOnlyMemory<byte> bytes, End end, ResumingStreamTests test) : ReadOnlyStream
    {
        private ReadOnlyMemory<byte> _left = bytes;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (end == End.Trickles)
            {
                await Task.Delay(TimeSpan.FromSeconds(1), test._time, cancellationToken);
            }
            var size = Math.Min(Math.Min(end == End.Trickles ? 1 : 50, buffer.Length), _left.Length);
            if (size > 0)
            {
                _left[..size].CopyTo(buffer);
                _left = _left[size..];
                return size;
            }
            switch (end)
            {
                case End.Breaks:
                    throw new IOException("broken");
                case End.IsOdd:
                    throw new InvalidDataException("the store's own word for a broken connection");
                case End.IsChanged:
                    throw new InvalidOperationException("the object is another one");
                case End.Waits:
                    test._waiting.TrySetResult();
                    await Task.Delay(Timeout.Infinite, cancellationToken);
                    return 0;
                default:
                    return 0;
            }
        }

        public override async ValueTask DisposeAsync()
        {
            test._closed++;
            await base.DisposeAsync();
        }
    }
}
