using System.Collections.Concurrent;
using Mirror.Functions.Output;
using Mirror.Functions.Serving;
using Mirror.Mirroring;
using Mirror.Storage;

namespace Mirror.Functions.Runs;

/// <summary>
/// Sorts out accepted names under which only junk lies in the bucket, before a message is queued for each. A listed mirror is never
/// junk, and neither is one of which a head was believed once: their runs say what is wrong.
/// </summary>
internal sealed class UnknownHeads(Composition composition, HostLog log)
{
    // Heads read at once, of at most 8 MB.
    private const int MaxAtOnce = 4;

    private readonly ConcurrentBag<(string Name, BucketListing Listing)> _unknown = [];
    private int _knownCount;

    /// <summary>False for a name of which this side knows nothing yet: <see cref="ChooseAsync"/> decides about it.</summary>
    public bool IsKnown(MirrorStatus status, BucketListing listing)
    {
        if (status.Consumed is not null)
        {
            Interlocked.Increment(ref _knownCount);
            return true;
        }
        if (status.Faults.Count > 0 || composition.Configuration!.Find(status.Mirror) is not null)
        {
            return true;
        }
        _unknown.Add((status.Mirror, listing));
        return false;
    }

    /// <summary>The unknown names that deserve a run. The log says how many were passed over, and why.</summary>
    public async Task<IReadOnlyCollection<string>> ChooseAsync(CancellationToken cancellation)
    {
        if (_unknown.IsEmpty)
        {
            return [];
        }
        if (await OpenAsync(cancellation) is not { } check)
        {
            return [.. _unknown.Select(each => each.Name)];
        }
        var looks = new ConcurrentBag<(string Name, ChainFailure? Junk)>();
        var options = new ParallelOptions { MaxDegreeOfParallelism = MaxAtOnce, CancellationToken = cancellation };
        await Parallel.ForEachAsync(_unknown, options,
            async (each, token) => looks.Add((each.Name, await LookAsync(check, each.Name, each.Listing, token))));
        // Where no head could ever be decrypted, the identities of this side may be the wrong ones: the runs tell the operator.
        var isBlind = _knownCount == 0 && looks.All(look => look.Junk is not null);
        bool IsJunk(ChainFailure? junk) => junk is not null && !(isBlind && junk == ChainFailure.Undecryptable);
        Warn([.. looks.Where(look => IsJunk(look.Junk)).Select(look => look.Junk!.Value)]);
        return [.. looks.Where(look => !IsJunk(look.Junk)).Select(look => look.Name)];
    }

    /// <summary>Null where a run is to say what is wrong, or nothing is.</summary>
    private static async Task<ChainFailure?> LookAsync(HeadCheck check, string name, BucketListing listing, CancellationToken cancellation)
    {
        try
        {
            return await check.FindJunkAsync(name, listing, cancellation);
        }
        catch (StorageException)
        {
            return null;
        }
    }

    private void Warn(IReadOnlyCollection<ChainFailure> junk)
    {
        if (junk.Count > 0)
        {
            var reasons = junk.GroupBy(each => each).OrderBy(each => each.Key).Select(each => $"{each.Count()} {WordsOf(each.Key)}");
            log.Warn($"warning: {Quantity.Of(junk.Count, "accepted name")} in the bucket passed over: {string.Join(", ", reasons)}; "
                + "mirror consume says why of each");
        }
    }

    private static string WordsOf(ChainFailure junk) => junk switch
    {
        ChainFailure.Undecryptable => "not encrypted to an identity of this side",
        ChainFailure.Signature => "not signed by a trusted key",
        ChainFailure.NoHead => "gone",
        _ => "damaged",
    };

    /// <summary>Null where the keys cannot be had: then each run says so.</summary>
    private async Task<HeadCheck?> OpenAsync(CancellationToken cancellation)
    {
        try
        {
            return new HeadCheck(composition.OpenBucket(), await composition.Keys.ConsumerAsync(cancellation));
        }
        catch (Exception unopened) when (unopened is UsageException or SecretException or StorageException)
        {
            return null;
        }
    }
}
