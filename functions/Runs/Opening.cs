using Mirror.Mirroring;

namespace Mirror.Functions.Runs;

/// <summary>Resources that every mirror of a run needs (keys, a listing of the bucket), or the failure to open them, which then is the
/// outcome of each mirror.</summary>
internal sealed class Opening<T>
    where T : class
{
    private readonly T? _opened;
    private readonly Exception? _failure;

    private Opening(T? opened, Exception? failure) => (_opened, _failure) = (opened, failure);

    /// <summary>Null if it could not be opened.</summary>
    public T? Value => _opened;

    /// <summary>Wrong usage and bugs pass through.</summary>
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

    /// <summary>For a run without any mirror that could have the failure as its outcome.</summary>
    public void ThrowIfFailed()
    {
        if (_failure is not null)
        {
            throw new RunException(_failure.Message, _failure);
        }
    }

    /// <summary>The job of a mirror: its run with the opened resources, or the failure to open them.</summary>
    public MirrorJob Job(MirrorJob plan, Func<T, TransferMeter, CancellationToken, Task<MirrorOutcome>> run) => plan with
    {
        RunAsync = (meter, token) => _opened is not null
            ? run(_opened, meter, token)
            : plan.RememberAsync(new MirrorOutcome(plan.Mirror, OutcomeKind.Failed) { Error = MirrorError.TryOf(_failure!) }),
    };
}
