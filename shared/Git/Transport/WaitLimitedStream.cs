using Mirror.Git.Protocol;
using Mirror.Streams;

namespace Mirror.Git.Transport;

/// <summary>
/// A network stream on which no single read or write may take longer than a limit. Write failures become
/// <see cref="GitProtocolException"/>, so that they are not taken for failures of the source.
/// </summary>
internal sealed class WaitLimitedStream(Stream inner, TimeSpan limit, TimeProvider time) : ForwardStream
{
    private readonly WaitLimit? _shared;
    private TimeSpan _limit = limit;
    private WaitLimit? _wait;
    private volatile bool _isPaused;

    /// <summary>Uses a shared limit, for a stream whose writes end only with the whole request.</summary>
    public WaitLimitedStream(Stream inner, WaitLimit shared, TimeProvider time)
        : this(inner, limit: default, time) => _shared = shared;

    public override bool CanRead => inner.CanRead;

    public override bool CanWrite => inner.CanWrite;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var wait = Begin(cancellationToken);
        try
        {
            return await inner.ReadAsync(buffer, wait.Token);
        }
        catch (OperationCanceledException) when (wait.IsOver)
        {
            throw wait.Stalled("nothing came");
        }
        finally
        {
            wait.End();
        }
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        SendAsync(token => inner.WriteAsync(buffer, token), cancellationToken);

    public override Task FlushAsync(CancellationToken cancellationToken) =>
        SendAsync(token => new ValueTask(inner.FlushAsync(token)), cancellationToken).AsTask();

    public override void Flush() => throw new NotSupportedException("flush asynchronously");

    private async ValueTask SendAsync(Func<CancellationToken, ValueTask> send, CancellationToken cancellation)
    {
        var wait = Begin(cancellation);
        try
        {
            await send(wait.Token);
        }
        catch (Exception failure) when (failure is OperationCanceledException or IOException or ObjectDisposedException)
        {
            // A cancelled request may look like a broken connection.
            wait.Caller.ThrowIfCancellationRequested();
            throw wait.IsOver
                ? wait.Stalled("nothing was taken")
                : new GitProtocolException(RemoteFailure.Disconnected, $"the connection broke: {failure.Message}", failure);
        }
        finally
        {
            wait.End();
        }
    }

    /// <summary>Begins a wait. Very many reads use the same token, so its <see cref="WaitLimit"/> is made once.</summary>
    private WaitLimit Begin(CancellationToken caller)
    {
        if (_shared is not null)
        {
            _shared.Begin();
            return _shared;
        }
        if (_wait?.Caller != caller)
        {
            _wait?.Dispose();
            _wait = new WaitLimit(_limit, time, caller);
        }
        if (!_isPaused)
        {
            _wait.Begin();
        }
        return _wait;
    }

    /// <summary>Removes the limit on reads while it is not the far side's turn.</summary>
    public void Pause() => _isPaused = true;

    /// <summary>Sets this limit again, also for the current read, as if it had just begun.</summary>
    public void Resume(TimeSpan limit)
    {
        _limit = limit;
        _isPaused = false;
        _wait?.Allow(limit);
        _wait?.Begin();
    }

    /// <summary>Stops the timer. The owner of the inner stream closes it.</summary>
    protected override void Dispose(bool disposing)
    {
        _wait?.Dispose();
        base.Dispose(disposing);
    }
}
