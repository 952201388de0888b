using Mirror.Storage.Drivers;
using Mirror.Streams;

namespace Mirror.Storage.Tests;

public sealed class AnswerPaceTests
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(30);

    private readonly HandTime _time = new();

    private CancellationToken Late { get; } = new CancellationTokenSource(TimeSpan.FromMinutes(1)).Token;

    [Fact]
    public async Task A_page_of_5_MB_over_a_line_of_40_KiB_a_second_is_taken()
    {
        var line = new Line(_time) { Pieces = 128, PieceSize = 40 * 1024, Pause = TimeSpan.FromSeconds(1) };

        var page = await TakeAsync(line);

        Assert.Equal(128 * 40 * 1024, page.Length);
    }

    [Fact]
    public async Task A_line_slower_than_32_KiB_a_second_is_given_up()
    {
        var line = new Line(_time) { Pieces = 1_000, PieceSize = 20 * 1024, Pause = TimeSpan.FromSeconds(1) };

        await Assert.ThrowsAsync<TaskCanceledException>(() => TakeAsync(line));

        // 30 s, and 20/32 of a second more for each second: 80 s.
        Assert.InRange(line.ReadCount, 78, 82);
    }

    [Fact]
    public async Task A_byte_at_a_time_is_given_up_after_the_pause()
    {
        var line = new Line(_time) { Pieces = 1_000, PieceSize = 1, Pause = TimeSpan.FromSeconds(1) };

        await Assert.ThrowsAsync<TaskCanceledException>(() => TakeAsync(line));

        Assert.InRange(line.ReadCount, 29, 32);
    }

    [Fact]
    public async Task What_came_fast_buys_no_longer_pause()
    {
        var line = new Line(_time) { Pieces = 500, PieceSize = 40 * 1024, SilentAfter = 250 };

        await Assert.ThrowsAsync<TaskCanceledException>(() => TakeAsync(line));

        Assert.Equal(251, line.ReadCount);
    }

    [Fact]
    public async Task A_cancellation_is_the_callers()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        var line = new Line(_time) { Pieces = 1, PieceSize = 1 };

        var failure = await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            AnswerLimits.TakeAsync(new AnswerPace(_time, Pause).Watch(line), 10, cancelled.Token));

        Assert.DoesNotContain("slower", failure.Message, StringComparison.Ordinal);
    }

    private Task<MemoryStream> TakeAsync(Line line) =>
        AnswerLimits.TakeAsync(new AnswerPace(_time, Pause).Watch(line), 24 * 1024 * 1024, Late);

    /// <summary>A line on which each piece takes its time.</summary>
    private sealed class Line(HandTime time) : ReadOnlyStream
    {
        private int _left;

        public required int Pieces { get; init; }

        public required int PieceSize { get; init; }

        public TimeSpan Pause { get; init; }

        public int SilentAfter { get; init; } = int.MaxValue;

        public int ReadCount { get; private set; }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_left == 0)
            {
                if (ReadCount == Pieces)
                {
                    return ValueTask.FromResult(0);
                }
                ReadCount++;
                _left = PieceSize;
                time.Advance(ReadCount > SilentAfter ? AnswerPaceTests.Pause : Pause);
            }
            cancellationToken.ThrowIfCancellationRequested();
            var size = Math.Min(buffer.Length, _left);
            _left -= size;
            return ValueTask.FromResult(size);
        }
    }
}
