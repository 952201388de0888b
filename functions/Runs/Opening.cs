using Mirror.Mirroring;

namespace Mirror.Functions.Runs;

/// <summary>What every mirror of a run needs (keys, a listing of the bucket), or why it cannot be had: that is then the outcome
/// of each.</summary>
internal sealed class Opening<T>
    where T : class
{
    private readonly T? _opened;
    private readonly Exception? _failure;

    private Opening(T? opened, Exception? failure) => (_opened, _failure) = (opened, failure);

    /// <summary>Null where it cannot be had.</summary>
    public T? Value => _opened;

    /// <summary>Wrong usage and our own faults pass through.</summary>
    public static async Task<Opening<T>> TryAsync(Func<Task<T>> open)
    {
        try
        {
            return new Opening<T>(await open(), failure: null);
        }
        catch (Exception broken) when (MirrorError.TryOf(broken) is not null)
        {
            return new Opening<T>(opened: null, broken);
        }
    }

    /// <summary>For a run that knows of no mirror whose outcome it could be.</summary>
    public void ThrowIfFailed()
    {
        if (_failure is not null)
        {
            throw new RunException(_failure.Message, _failure);
        }
    }

    /// <summary>The job of a mirror: its run with what was opened, or why there can be none.</summary>
    public MirrorJob Job(MirrorJob plan, Func<T, TransferMeter, CancellationToken, Task<MirrorOutcome>> run) => plan with
    {
        RunAsync = (meter, token) => _opened is not null
            ? run(_opened, meter, token)
            : plan.RememberAsync(new MirrorOutcome(plan.Mirror, OutcomeKind.Failed) { Error = MirrorError.TryOf(_failure!) }),
    };
}
