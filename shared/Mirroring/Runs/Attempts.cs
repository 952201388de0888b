using Mirror.Git;
using Mirror.Storage;

namespace Mirror.Mirroring;

/// <summary>One mirror's rounds: repeated while there is more to do, and after a pause where the same again may well work.</summary>
internal sealed class Attempts(TimeProvider time, Random random, TransferMeter meter)
{
    /// <summary>Repeats rounds that are values, and returns the last one. Our own faults and cancellation pass through.</summary>
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

    /// <summary>Waits before another round; false where it would not help, or there were enough.</summary>
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

    /// <summary>How long to wait at least, or null where it would not help.</summary>
    private static TimeSpan? Patience(Exception broken) => broken switch
    {
        RemoteException { IsTransient: true } remote => remote.RetryAfter ?? TimeSpan.Zero,
        // A conflict is another worker who was quicker: the next look shows what is left to do.
        StorageException store when store.IsTransient || store.Failure == StorageFailure.Conflict => TimeSpan.Zero,
        _ => null,
    };
}
