using Mirror.Git.Protocol;

namespace Mirror.Git.Transport;

/// <summary>
/// A limit on how long one wait may last, for many waits after another. A watch looks now and then whether the wait
/// of the moment is too old, so that a wait itself costs next to nothing: there is one for every packet of a pack.
/// </summary>
internal sealed class WaitLimit : IDisposable
{
    // A wait ends between one limit and five quarters of it.
    private const int LooksPerLimit = 4;

    private const long Idle = 0;

    private TimeSpan _limit;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _either;
    private readonly ITimer _watch;
    private long _waitingSince = Idle;
    private volatile bool _isOver;

    public WaitLimit(TimeSpan limit, TimeProvider time, CancellationToken caller)
    {
        _limit = limit;
        _time = time;
        Caller = caller;
        _either = CancellationTokenSource.CreateLinkedTokenSource(caller);
        var period = limit / LooksPerLimit;
        _watch = time.CreateTimer(static wait => ((WaitLimit)wait!).Look(), this, period, period);
    }

    public CancellationToken Caller { get; }

    /// <summary>Cancelled by the caller, or because a wait was too long.</summary>
    public CancellationToken Token => _either.Token;

    /// <summary>Whether it was the wait, not the caller.</summary>
    public bool IsOver => _isOver && !Caller.IsCancellationRequested;

    /// <summary>Sets another limit for the waits to come.</summary>
    public void Allow(TimeSpan limit) => _limit = limit;

    public void Begin() => Volatile.Write(ref _waitingSince, _time.GetTimestamp());

    public void End() => Volatile.Write(ref _waitingSince, Idle);

    public GitProtocolException Stalled(string what) => new(RemoteFailure.Stalled, $"{what} for {_limit.TotalSeconds:0} s");

    private void Look()
    {
        var since = Volatile.Read(ref _waitingSince);
        if (since != Idle && _time.GetElapsedTime(since) >= _limit)
        {
            _isOver = true;
            TryCancel();
        }
    }

    private void TryCancel()
    {
        try
        {
            _either.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The wait ended while we looked. On a timer's thread an exception would end the process.
        }
    }

    public void Dispose()
    {
        End();
        _watch.Dispose();
        _either.Dispose();
    }
}
