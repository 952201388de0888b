using Mirror.Git;
using Mirror.Storage;

namespace Mirror.Mirroring;

/// <summary>One mirror's rounds: repeated while there is more to do, and after a pause where the same again may well work.</summary>
internal sealed class Attempts(TimeProvider time, Random random, TransferMeter meter)
{
    /// <summary>Returns what ended the rounds, or null when the last one was done. Our own faults and cancellation pass through.</summary>
    public async Task<Exception?> RunAsync(Func<CancellationToken, Task<bool>> round, CancellationToken cancellation)
    {
        var backoff = new Backoff(time, random);
        while (true)
        {
            try
            {
                if (await round(cancellation))
                {
                    return null;
                }
            }
            catch (Exception broken) when (Patience(broken) is { } asked && backoff.Next(asked) is { } delay)
            {
                meter.Stage = "waiting to try again";
                meter.Note?.Invoke($"{broken.Message}; trying again in {delay.TotalSeconds:0.0} s");
                await backoff.WaitAsync(delay, cancellation);
            }
            catch (Exception broken) when (Reason.TryOf(broken) is not null)
            {
                return broken;
            }
        }
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
