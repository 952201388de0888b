namespace Mirror.Mirroring;

/// <summary>How long to wait before the next try: full jitter, so that many mirrors do not come back to a server in step.</summary>
public sealed class Backoff(TimeProvider time, Random random)
{
    public const int MaxTries = 5;

    private static readonly TimeSpan First = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    // A server that wants to be left alone for longer gets its wish: the mirror fails now and is tried in the next run.
    private static readonly TimeSpan LongestAsked = TimeSpan.FromMinutes(5);

    private int _tries = 1;

    /// <summary>The delay before another try, or null when there were enough. What the server asks for is the least.</summary>
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
