using Mirror.Streams;

namespace Mirror.Storage.Parts;

/// <summary>
/// Reads one object as it was when it was opened, over several connections if necessary. When a connection breaks, ends early, falls
/// silent or nearly so, the next one continues at the same position.
/// </summary>
internal sealed class ResumingStream(ResumingStream.Content content, TimeProvider time) : ReadOnlyStream
{
    // With the pauses between them half a minute. A longer outage is left to the next run.
    private const int MaxAttempts = 6;

    // The longest silence of a working store. A slow consumer does not count, since time passes only inside reads.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(0.5);

    private readonly Throughput _throughput = new();
    private Stream? _current = content.First;
    private long _position = content.Offset;
    private CancellationTokenSource _silence = new(Timeout.InfiniteTimeSpan, time);

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_throughput.IsHopeless && _position < content.End)
        {
            throw new IOException(
                $"fewer than {Throughput.MinSize} bytes came in {Throughput.Window.TotalSeconds} seconds, {Throughput.MaxStalls} times");
        }
        buffer = buffer[..(int)Math.Min(buffer.Length, content.End - _position)];
        var began = time.GetTimestamp();
        for (var attempt = 1; !buffer.IsEmpty; attempt++)
        {
            try
            {
                _current ??= await content.ReopenAsync(_position, cancellationToken);
                var size = await ReadCurrentAsync(buffer, cancellationToken);
                _position += size;
                if (_throughput.IsStalledAfter(size, time.GetElapsedTime(began)) && attempt == 1)
                {
                    // The next read opens a new connection, which may be faster.
                    await CloseAsync();
                }
                return size;
            }
            catch (Exception failure) when (attempt < MaxAttempts && IsBroken(failure) && !cancellationToken.IsCancellationRequested)
            {
                await CloseAsync();
                await Task.Delay(FirstPause * Math.Pow(2, attempt - 1) * (0.5 + Random.Shared.NextDouble()), time, cancellationToken);
            }
        }
        return 0;
    }

    private async ValueTask<int> ReadCurrentAsync(Memory<byte> buffer, CancellationToken cancellation)
    {
        _silence.CancelAfter(Patience);
        try
        {
            using var registration = cancellation.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), _silence);
            var size = await _current!.ReadAsync(buffer, _silence.Token);
            return size > 0 ? size : throw new EndOfStreamException($"it ended {content.End - _position} bytes too soon");
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new IOException($"no byte came for {Patience.TotalSeconds} seconds");
        }
        finally
        {
            if (!_silence.TryReset())
            {
                _silence.Dispose();
                _silence = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
            }
        }
    }

    private bool IsBroken(Exception failure) => failure is IOException || content.IsBroken(failure);

    private async ValueTask CloseAsync()
    {
        if (_current is { } current)
        {
            _current = null;
            await current.DisposeAsync();
        }
    }

    public override async ValueTask DisposeAsync()
    {
        await CloseAsync();
        _silence.Dispose();
        await base.DisposeAsync();
    }

    protected override void Dispose(bool disposing)
    {
        _current?.Dispose();
        _current = null;
        base.Dispose(disposing);
    }

    /// <summary>The content to read, from <paramref name="Offset"/> to <paramref name="End"/>.</summary>
    /// <param name="First">The first connection, at the offset.</param>
    /// <param name="ReopenAsync">Opens another connection at a position; fails if the object has changed.</param>
    /// <param name="IsBroken">Whether a failure is one of the connection, so that a new one may succeed.</param>
    internal sealed record Content(
        Stream First, long Offset, long End, Func<long, CancellationToken, Task<Stream>> ReopenAsync, Func<Exception, bool> IsBroken);
}
