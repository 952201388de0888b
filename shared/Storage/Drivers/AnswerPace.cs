using Mirror.Streams;

namespace Mirror.Storage.Drivers;

/// <summary>The minimum pace of an answer. A server that pauses, or sends only a few bytes at a time, is given up;
/// a slow line is not.</summary>
/// <param name="Time">The clock for the limits.</param>
/// <param name="Pause">How long an answer may take to begin, and how long it may pause.</param>
internal sealed record AnswerPace(TimeProvider Time, TimeSpan Pause)
{
    // Bytes per second. Mirroring over a slower line is not supported.
    private const long SlowestLine = 32 * 1024;

    /// <summary>The longest allowed time to send or receive a number of bytes.</summary>
    public TimeSpan TimeFor(long size) => Pause + TimeSpan.FromSeconds((double)size / SlowestLine);

    /// <summary>The body of an answer, whose reads throw <see cref="TaskCanceledException"/> when it comes too slowly.</summary>
    public Stream Watch(Stream body) => new Watched(body, this);

    private sealed class Watched(Stream body, AnswerPace pace) : ReadOnlyStream
    {
        private readonly long _began = pace.Time.GetTimestamp();
        private long _taken;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var left = pace.TimeFor(_taken) - pace.Time.GetElapsedTime(_began);
            var limit = left < pace.Pause ? left : pace.Pause;
            using var late = new CancellationTokenSource(limit > TimeSpan.Zero ? limit : TimeSpan.Zero, pace.Time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, late.Token);
            try
            {
                var size = await body.ReadAsync(buffer, either.Token);
                _taken += size;
                return size;
            }
            catch (OperationCanceledException cause) when (late.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
            {
                // The SDKs retry after this exception.
                throw new TaskCanceledException($"an answer paused, or was slower than {SlowestLine} bytes a second", cause);
            }
        }

        public override async ValueTask DisposeAsync()
        {
            await body.DisposeAsync();
            await base.DisposeAsync();
        }

        protected override void Dispose(bool disposing)
        {
            body.Dispose();
            base.Dispose(disposing);
        }
    }
}
