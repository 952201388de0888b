using Mirror.Functions.Output;
using Mirror.Mirroring;
using Mirror.Storage;

namespace Mirror.Functions.Runs;

/// <summary>Beside a producer's runs, for one process: deletes what <c>mirror forget</c> had to leave.</summary>
internal sealed class RetiredSweep
{
    // A store that is silent must hold up neither the next tick nor the end of a run for long.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    // What waits for 7 days can wait for one hour more.
    private static readonly TimeSpan Pause = TimeSpan.FromHours(1);

    private HashSet<string> _warned = [];
    private long? _ran;

    /// <summary>What keeps it from being done is a warning, once until it changes: the next sweep tries again.</summary>
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
            // Each mirror's own run has said it.
        }
        foreach (var fault in faults.Except(_warned))
        {
            warn($"warning: {fault}: what retired mirrors have left is kept until the next sweep");
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
