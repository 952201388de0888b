using Mirror.Git.Protocol;
using Mirror.Streams;

namespace Mirror.Git.Transport;

/// <summary>
/// A network stream on which no single read or write may take longer than a limit: nothing hangs for ever. That a write fails is
/// said in our own words, to be told from what goes wrong where the bytes come from.
/// </summary>
internal sealed class WaitLimitedStream(Stream inner, TimeSpan limit, TimeProvider time) : ForwardStream
{
    private readonly WaitLimit? _shared;
    private TimeSpan _limit = limit;
    private WaitLimit? _patience;
    private volatile bool _isPaused;

    /// <summary>Watches with a patience that others have too, for a stream whose writes end only when the whole request does.</summary>
    public WaitLimitedStream(Stream inner, WaitLimit shared, TimeProvider time)
        : this(inner, limit: default, time) => _shared = shared;

    public override bool CanRead => inner.CanRead;

    public override bool CanWrite => inner.CanWrite;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var patience = Begin(cancellationToken);
        try
        {
            return await inner.ReadAsync(buffer, patience.Token);
        }
        catch (OperationCanceledException) when (patience.IsOver)
        {
            throw patience.Stalled("nothing came");
        }
        finally
        {
            patience.End();
        }
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        SendAsync(token => inner.WriteAsync(buffer, token), cancellationToken);

    public override Task FlushAsync(CancellationToken cancellationToken) =>
        SendAsync(token => new ValueTask(inner.FlushAsync(token)), cancellationToken).AsTask();

    public override void Flush() => throw new NotSupportedException("flush asynchronously");

    private async ValueTask SendAsync(Func<CancellationToken, ValueTask> send, CancellationToken cancellation)
    {
        var patience = Begin(cancellation);
        try
        {
            await send(patience.Token);
        }
        catch (Exception failure) when (failure is OperationCanceledException or IOException or ObjectDisposedException)
        {
            // A cancelled request may show as a broken one.
            patience.Caller.ThrowIfCancellationRequested();
            throw patience.IsOver
                ? patience.Stalled("nothing was taken")
                : new GitProtocolException(RemoteFailure.Disconnected, $"the connection broke: {failure.Message}", failure);
        }
        finally
        {
            patience.End();
        }
    }

    /// <summary>Begins a wait. One caller's token comes with very many reads, so what watches it is made once.</summary>
    private WaitLimit Begin(CancellationToken caller)
    {
        if (_shared is not null)
        {
            _shared.Begin();
            return _shared;
        }
        if (_patience?.Caller != caller)
        {
            _patience?.Dispose();
            _patience = new WaitLimit(_limit, time, caller);
        }
        if (!_isPaused)
        {
            _patience.Begin();
        }
        return _patience;
    }

    /// <summary>Lets reads wait for as long as they like: it is not the far side's turn.</summary>
    public void Pause() => _isPaused = true;

    /// <summary>Watches again, with this limit, and the read that waits now as if it had just begun.</summary>
    public void Resume(TimeSpan limit)
    {
        _limit = limit;
        _isPaused = false;
        _patience?.Allow(limit);
        _patience?.Begin();
    }

    /// <summary>Ends the watch; the stream below is its owner's to close.</summary>
    protected override void Dispose(bool disposing)
    {
        _patience?.Dispose();
        base.Dispose(disposing);
    }
}
