using System.Collections.Concurrent;
using Mirror.Functions.Output;
using Mirror.Functions.Serving;
using Mirror.Mirroring;
using Mirror.Storage;

namespace Mirror.Functions.Runs;

/// <summary>
/// Finds accepted names whose heads are junk, before a message is queued for each. A listed mirror, or one that had a trusted head
/// before, is never junk: its run reports the fault.
/// </summary>
internal sealed class UnknownHeads(Composition composition, HostLog log)
{
    // Parallel reads of heads, of at most 8 MB each.
    private const int MaxAtOnce = 4;

    private readonly ConcurrentBag<(string Name, BucketListing Listing)> _unknown = [];
    private int _knownCount;

    /// <summary>False if this side knows nothing of the name yet; then <see cref="ChooseAsync"/> decides about it.</summary>
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

    /// <summary>The unknown names that get a run. The log has the number of the others, and the reasons.</summary>
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
        // If no head was ever decrypted, this side's identities may be the wrong ones. Then the runs report it to the operator.
        var isBlind = _knownCount == 0 && looks.All(look => look.Junk is not null);
        bool IsJunk(ChainFailure? junk) => junk is not null && !(isBlind && junk == ChainFailure.Undecryptable);
        Warn([.. looks.Where(look => IsJunk(look.Junk)).Select(look => look.Junk!.Value)]);
        return [.. looks.Where(look => !IsJunk(look.Junk)).Select(look => look.Name)];
    }

    /// <summary>Null if the head is not junk, or a run is to report the fault.</summary>
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

    /// <summary>Null if the keys cannot be read; then each run reports that.</summary>
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
