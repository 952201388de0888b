using System.Collections.Concurrent;
using Mirror.Functions.Jobs;
using Mirror.Functions.Output;
using Mirror.Functions.Runs;
using Mirror.Functions.Serving;
using Mirror.Mirroring;

namespace Mirror.Functions.Hints;

/// <summary>Timer: queues a job for each mirror that the near side has announced and that has a new head in the bucket. A hint is not
/// trusted: it only tells where to look before the next sweep.</summary>
internal sealed class HintsFunction(LiveComposition compositions, Func<HintQueue> hints, JobQueues queues, HostLog log)
{
    // Parallel reads of listings and ledgers.
    private const int MaxAtOnce = 16;

    public async Task RunAsync(CancellationToken cancellation)
    {
        var composition = await compositions.GetAsync(cancellation);
        var taken = await hints().TakeAsync(cancellation);
        string[] known = [.. taken.Mirrors.Where(name => IsTaken(composition.Configuration!, name))];
        Warn(taken);
        if (known.Length < taken.Mirrors.Count)
        {
            log.Say($"{Quantity.Of(taken.Mirrors.Count - known.Length, "hint")} dropped: "
                + "the configuration neither lists nor accepts these mirrors");
        }
        if (known.Length == 0
            || await new Backlog(queues, log).IsTooLongAsync(JobKind.Consume, () => CountAsync(composition, cancellation), cancellation))
        {
            return;
        }
        var unknown = new UnknownHeads(composition, log);
        string[] changed = [.. await ChangedAsync(composition, known, unknown, cancellation), .. await unknown.ChooseAsync(cancellation)];
        await queues.AskAsync(JobKind.Consume, changed, "hint", cancellation);
        log.Say($"queued {Quantity.Of(changed.Length, "job")} of {JobQueues.NameOf(JobKind.Consume)} "
            + $"by {Quantity.Of(taken.Mirrors.Count, "hint")}");
    }

    private void Warn(TakenHints taken)
    {
        if (taken.JunkCount > 0)
        {
            log.Warn($"warning: {Quantity.Of(taken.JunkCount, "message")} of {JobQueues.HintName} deleted: not a hint of mirror produce; "
                + "check who can add to that queue, and revoke signatures that are not needed");
        }
        if (taken.HasOverflowed)
        {
            log.Warn($"warning: more than {HintQueue.MaxCount} messages in {JobQueues.HintName}: all of them are deleted, "
                + "and the sweep finds what has changed");
        }
    }

    private static async Task<IReadOnlyCollection<string>> ChangedAsync(Composition composition, string[] names, UnknownHeads unknown,
        CancellationToken cancellation)
    {
        var (bucket, state) = (composition.OpenBucket(), composition.OpenState());
        var changed = new ConcurrentBag<string>();
        var options = new ParallelOptions { MaxDegreeOfParallelism = MaxAtOnce, CancellationToken = cancellation };
        await Parallel.ForEachAsync(names, options, async (name, token) =>
        {
            var listing = await BucketListing.ReadOfAsync(bucket, name, token);
            if (listing.FindHead(name) is { } head && await MirrorStatus.ReadAsync(name, state, listing, token) is var status
                && unknown.IsKnown(status, listing) && status.Consumed?.HeadETag != head.ETag)
            {
                changed.Add(name);
            }
        });
        return changed;
    }

    /// <summary>The number of mirrors on this side: a sweep may have queued a job for each.</summary>
    private static async Task<int> CountAsync(Composition composition, CancellationToken cancellation)
    {
        var configuration = composition.Configuration!;
        return configuration.Accept.Count == 0
            ? configuration.Mirrors.Count
            : AcceptedMirror.NamesOfAll(await BucketListing.ReadAsync(composition.OpenBucket(), cancellation), configuration).Count();
    }

    private static bool IsTaken(MirrorConfiguration configuration, string name) =>
        configuration.Find(name) is not null || AcceptedMirror.Find(configuration, name) is not null;
}
