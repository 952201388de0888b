using Mirror.Storage;

namespace Mirror.Mirroring;

/// <summary>A secret that costs a request, cached for a while. Of many concurrent callers, one asks and all get the answer.</summary>
internal sealed class CachedSecret
{
    /// <summary>How long a value is used. A rotation that does not lead to a refusal is noticed after this time.</summary>
    internal static readonly TimeSpan Kept = TimeSpan.FromMinutes(15);

    /// <summary>How long a failure is used, so that hundreds of mirrors do not each wait for a vault that is down.</summary>
    internal static readonly TimeSpan KeptFailure = TimeSpan.FromMinutes(1);

    private readonly TimeProvider _time;
    private readonly RotatingSecret<Answer> _answer;

    public CachedSecret(Func<CancellationToken, Task<string>> request, TimeProvider time)
    {
        _time = time;
        _answer = new RotatingSecret<Answer>((last, cancellation) => AskAsync(request, last, cancellation));
    }

    public async ValueTask<string> ReadAsync(LoginAge age, CancellationToken cancellation)
    {
        var seen = _answer.Held;
        return age == LoginAge.Any && seen is not null && _time.GetElapsedTime(seen.Time) < seen.Lasts
            ? seen.Value()
            : (await _answer.RenewAsync(seen, cancellation)).Value();
    }

    private async Task<Answer> AskAsync(Func<CancellationToken, Task<string>> request, Answer? last, CancellationToken cancellation)
    {
        try
        {
            var value = await request(cancellation);
            return new Answer(() => value, _time.GetTimestamp(), Kept);
        }
        catch (SecretException failure) when (failure.IsTransient && last is { IsFailure: false })
        {
            // A vault that is down does not make the last value invalid. A vault that denies access is not down.
            return last with { Time = _time.GetTimestamp(), Lasts = KeptFailure };
        }
        catch (SecretException failure)
        {
            return new Answer(() => throw new SecretException(failure.Message, failure) { IsTransient = failure.IsTransient },
                _time.GetTimestamp(), KeptFailure)
            { IsFailure = true };
        }
    }

    private sealed record Answer(Func<string> Value, long Time, TimeSpan Lasts)
    {
        public bool IsFailure { get; init; }
    }
}
