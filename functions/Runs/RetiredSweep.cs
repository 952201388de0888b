using Mirror.Functions.Output;
using Mirror.Mirroring;
using Mirror.Storage;

namespace Mirror.Functions.Runs;

/// <summary>Runs beside a producer's runs, once per process: deletes the objects that <c>mirror forget</c> had to keep.</summary>
internal sealed class RetiredSweep
{
    // A store that does not answer must not delay the next tick, or the end of a run, for long.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    // The objects wait for 7 days, so another hour does not matter.
    private static readonly TimeSpan Pause = TimeSpan.FromHours(1);

    private HashSet<string> _warned = [];
    private long? _ran;

    /// <summary>A failure is a warning, written once until it changes. The next sweep tries again.</summary>
    public async Task RunAsync(Composition composition, Action<string> say, Action<string> warn, CancellationToken cancellation)
    {
        var time = composition.Remotes.Time;
        if (_ran is { } ran && time.GetElapsedTime(ran) < Pause)
        {
            return;
        }
        _ran = time.GetTimestamp();
        var faults = new HashSet<string>(StringComparer.Ordinal);
        using var late = new CancellationTokenSource(Limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellation);
        try
        {
            await SweepAsync(composition, say, fault => faults.Add(fault.Message), either.Token);
        }
        catch (StorageException unswept)
        {
            faults.Add(unswept.Message);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            faults.Add($"no answer in {Limit.TotalSeconds:0} s");
        }
        catch (UsageException)
        {
            // Each mirror's own run has reported it.
        }
        foreach (var fault in faults.Except(_warned))
        {
            warn($"warning: {fault}: the objects of retired mirrors are kept until the next sweep");
        }
        _warned = faults;
    }

    private static async Task SweepAsync(
        Composition composition, Action<string> say, Action<StorageException> failed, CancellationToken cancellation)
    {
        var (configuration, bucket) = (composition.Configuration!, composition.OpenBucket());
        var retired = new RetiredMirrors(composition.OpenState(), bucket, composition.Remotes.Time);
        await foreach (var swept in retired.SweepAsync(name => configuration.Find(name) is not null, composition.ReadAt, cancellation))
        {
            if (swept.Fault is { } fault)
            {
                failed(fault);
            }
            else
            {
                say(swept.IsListedAgain
                    ? $"{swept.Mirror}: listed again: not retired any more"
                    : $"{swept.Mirror}: retired: {Quantity.Of(swept.DeletedCount, "object")} deleted in {bucket.Name}");
            }
        }
    }
}
