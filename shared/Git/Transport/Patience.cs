using Mirror.Git.Protocol;

namespace Mirror.Git.Transport;

/// <summary>A caller's cancellation joined with a limit on silence, and a way to tell afterwards which of the two it was.</summary>
internal sealed class Patience : IDisposable
{
    private readonly TimeSpan _limit;
    private readonly CancellationTokenSource _silence;
    private readonly CancellationTokenSource _either;
    private readonly CancellationToken _caller;

    public Patience(TimeSpan limit, TimeProvider time, CancellationToken caller)
    {
        _limit = limit;
        _caller = caller;
        _silence = new CancellationTokenSource(limit, time);
        _either = CancellationTokenSource.CreateLinkedTokenSource(caller, _silence.Token);
    }

    public CancellationToken Token => _either.Token;

    public bool IsOver => _silence.IsCancellationRequested && !_caller.IsCancellationRequested;

    public GitProtocolException Stalled(string what) => new(RemoteFailure.Stalled, $"{what} for {_limit.TotalSeconds:0} s");

    /// <summary>Starts the limit anew.</summary>
    public void Renew(TimeSpan limit) => _silence.CancelAfter(limit);

    public void Dispose()
    {
        _either.Dispose();
        _silence.Dispose();
    }
}
