using Mirror.Git.Protocol;

namespace Mirror.Git.Transport;

/// <summary>
/// Limits the duration of each of many successive waits. A timer checks now and then whether the current wait is too old, so that a wait
/// itself costs next to nothing: there is one for every packet of a pack.
/// </summary>
internal sealed class WaitLimit : IDisposable
{
    // A wait is cancelled after at least one limit, and at most one and a quarter.
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

    /// <summary>Whether a wait was too long, and the caller did not cancel.</summary>
    public bool IsOver => _isOver && !Caller.IsCancellationRequested;

    /// <summary>Sets the limit of later waits.</summary>
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
            // The wait ended during the check. On a timer's thread an exception would end the process.
        }
    }

    public void Dispose()
    {
        End();
        _watch.Dispose();
        _either.Dispose();
    }
}
