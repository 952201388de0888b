using System.Diagnostics.CodeAnalysis;
using Mirror.Storage;

namespace Mirror.Mirroring;

/// <summary>One secret that costs a request, kept for a while. Of many askers at once, one asks and all have the answer.</summary>
[SuppressMessage("Design", "CA1001", Justification = "a semaphore that nobody asks for its wait handle holds nothing")]
internal sealed class CachedSecret(Func<CancellationToken, Task<string>> request, TimeProvider time)
{
    /// <summary>How long a value will do: rotation that nobody refuses is noticed within it.</summary>
    internal static readonly TimeSpan Kept = TimeSpan.FromMinutes(15);

    /// <summary>How long a failure will do: hundreds of mirrors must not each wait for a vault that is down.</summary>
    internal static readonly TimeSpan KeptFailure = TimeSpan.FromMinutes(1);

    // One at a time, instead of one task for all: so a request belongs to who waits for it, and ends when he is cancelled.
    private readonly SemaphoreSlim _turn = new(1, 1);
    private Answer? _last;

    public async ValueTask<string> ReadAsync(LoginAge age, CancellationToken cancellation)
    {
        var seen = Volatile.Read(ref _last);
        if (age == LoginAge.Any && seen is not null && time.GetElapsedTime(seen.Time) < seen.Lasts)
        {
            return seen.Value();
        }
        await _turn.WaitAsync(cancellation);
        try
        {
            // Another one was faster, while we waited: that is new enough.
            if (_last is null || ReferenceEquals(_last, seen))
            {
                _last = await AskAsync(cancellation);
            }
            return _last.Value();
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task<Answer> AskAsync(CancellationToken cancellation)
    {
        try
        {
            var value = await request(cancellation);
            return new Answer(() => value, time.GetTimestamp(), Kept);
        }
        catch (SecretException failure) when (failure.IsTransient && _last is { IsFailure: false } last)
        {
            // The vault is down, which makes no password wrong. One that takes the secret away from us is not down.
            return last with { Time = time.GetTimestamp(), Lasts = KeptFailure };
        }
        catch (SecretException failure)
        {
            return new Answer(() => throw new SecretException(failure.Message, failure) { IsTransient = failure.IsTransient },
                time.GetTimestamp(), KeptFailure)
            { IsFailure = true };
        }
    }

    private sealed record Answer(Func<string> Value, long Time, TimeSpan Lasts)
    {
        public bool IsFailure { get; init; }
    }
}
