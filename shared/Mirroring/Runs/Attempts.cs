using Mirror.Git;
using Mirror.Storage;

namespace Mirror.Mirroring;

/// <summary>Repeats the rounds of one mirror: while there is more to do, and after a pause if a failure is transient.</summary>
internal sealed class Attempts(TimeProvider time, Random random, TransferMeter meter)
{
    /// <summary>Repeats rounds, which are values, and returns the last one. Bugs and cancellation pass through.</summary>
    public async Task<T> RunAsync<T>(T start, Func<T, CancellationToken, Task<T>> next, CancellationToken cancellation)
        where T : IRound
    {
        var backoff = new Backoff(time, random);
        var round = await next(start, cancellation);
        while (round.Broken is { } broken ? await TryWaitAsync(broken, backoff, cancellation) : !round.IsDone)
        {
            round = await next(round, cancellation);
        }
        return round;
    }

    /// <summary>Waits before another round; false if a retry does not help, or there were enough.</summary>
    private async Task<bool> TryWaitAsync(Exception broken, Backoff backoff, CancellationToken cancellation)
    {
        if (Patience(broken) is not { } asked || backoff.Next(asked) is not { } delay)
        {
            return false;
        }
        meter.Stage = "waiting to try again";
        meter.Note?.Invoke($"{broken.Message}; trying again in {delay.TotalSeconds:0.0} s");
        await backoff.WaitAsync(delay, cancellation);
        return true;
    }

    /// <summary>The minimum time to wait, or null if a retry does not help.</summary>
    private static TimeSpan? Patience(Exception broken) => broken switch
    {
        RemoteException { IsTransient: true } remote => remote.RetryAfter ?? TimeSpan.Zero,
        // A conflict means that another worker was faster. The next round sees what is left to do.
        StorageException store when store.IsTransient || store.Failure == StorageFailure.Conflict => TimeSpan.Zero,
        _ => null,
    };
}
