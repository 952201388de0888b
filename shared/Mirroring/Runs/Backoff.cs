namespace Mirror.Mirroring;

/// <summary>The delay before the next attempt, with full jitter,
/// so that many mirrors do not return to a server at the same time.</summary>
public sealed class Backoff(TimeProvider time, Random random)
{
    public const int MaxTries = 5;

    private static readonly TimeSpan First = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    // If a server asks for a longer pause, the mirror fails now, and the next run tries again.
    private static readonly TimeSpan LongestAsked = TimeSpan.FromMinutes(5);

    private int _tries = 1;

    /// <summary>The delay before another attempt, or null after the last one. It is at least as long as the server asks.</summary>
    public TimeSpan? Next(TimeSpan? asked)
    {
        if (_tries >= MaxTries || asked > LongestAsked)
        {
            return null;
        }
        var ceiling = Math.Min(Longest.TotalSeconds, First.TotalSeconds * Math.Pow(2, _tries++ - 1));
        var jittered = TimeSpan.FromSeconds(random.NextDouble() * ceiling);
        return asked > jittered ? asked : jittered;
    }

    public Task WaitAsync(TimeSpan delay, CancellationToken cancellation) => Task.Delay(delay, time, cancellation);
}
