using System.Collections.Concurrent;
using Mirror.Functions.Jobs;
using Mirror.Functions.Output;
using Mirror.Functions.Runs;
using Mirror.Functions.Serving;
using Mirror.Mirroring;
using Mirror.Storage;

namespace Mirror.Functions.Sweep;

/// <summary>Timer <c>%MIRROR_SWEEP_SCHEDULE%</c>: queues a message for each mirror that has a new head in the bucket, whose last run
/// failed, or whose target was not looked at for a day. It replaces hints where no queue crosses the partition.</summary>
internal sealed class SweepFunction(LiveComposition compositions, JobQueues queues, TimeProvider time, HostLog log)
{
    // A target may be changed by others while its chain does not change.
    private static readonly TimeSpan ProofLife = TimeSpan.FromDays(1);

    // Parallel reads of ledgers, which are small; there is one for each mirror.
    private const int MaxAtOnce = 16;

    public async Task RunAsync(CancellationToken cancellation)
    {
        var composition = await compositions.GetAsync(cancellation);
        var (configuration, state) = (composition.Configuration!, composition.OpenState());
        var listing = await TryListAsync(composition, cancellation);
        var accepted = await AcceptedMirror.KnownAsync(listing, configuration, state, cancellation);
        string[] names = [.. configuration.Mirrors.Select(mirror => mirror.Name).Concat(accepted.Select(each => each.Name)).Distinct()];
        if (await new Backlog(queues, log).IsTooLongAsync(JobKind.Consume, names.Length, cancellation))
        {
            return;
        }
        var unknown = new UnknownHeads(composition, log);
        var changed = listing is null ? names : await ChangedAsync(names, listing, (composition.OpenState(), unknown), cancellation);
        await queues.AskAsync(JobKind.Consume, changed, "sweep", cancellation);
        // After the mirrors that this side knows, so that junk does not delay those.
        var begun = await unknown.ChooseAsync(cancellation);
        await queues.AskAsync(JobKind.Consume, begun, "sweep", cancellation);
        log.Say($"queued {Quantity.Of(changed.Count + begun.Count, "job")} of {JobQueues.NameOf(JobKind.Consume)}");
    }

    /// <summary>Null if the bucket cannot be listed. Then a job is queued for every mirror, so that the record, page and ping of each
    /// show the reason.</summary>
    private async Task<BucketListing?> TryListAsync(Composition composition, CancellationToken cancellation)
    {
        try
        {
            return await BucketListing.ReadAsync(composition.OpenBucket(), cancellation);
        }
        catch (StorageException unlisted)
        {
            log.Warn($"warning: {unlisted.Message}: a job is queued for every mirror, so that each reports it");
            return null;
        }
    }

    private async Task<IReadOnlyCollection<string>> ChangedAsync(string[] names, BucketListing listing,
        (ObjectStore State, UnknownHeads Unknown) side, CancellationToken cancellation)
    {
        var changed = new ConcurrentBag<string>();
        var options = new ParallelOptions { MaxDegreeOfParallelism = MaxAtOnce, CancellationToken = cancellation };
        await Parallel.ForEachAsync(names, options, async (name, token) =>
        {
            if (listing.FindHead(name) is { } head && await MirrorStatus.ReadAsync(name, side.State, listing, token) is var status
                && side.Unknown.IsKnown(status, listing) && MayHaveChanged(status, head.ETag))
            {
                changed.Add(name);
            }
        });
        return changed;
    }

    private bool MayHaveChanged(MirrorStatus status, string headETag) =>
        status.Consumed is not { Failure: null, Proven: { } proven } ledger || ledger.HeadETag != headETag
            || time.GetUtcNow() - proven > ProofLife;
}
