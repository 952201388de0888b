using Mirror.Git;
using Mirror.Storage;

namespace Mirror.Mirroring;

/// <summary>Verifies a mirror's chain from the bucket alone: signature, digests, decryption, and that each pack is complete.</summary>
public sealed class Verifier(ObjectStore bucket, ConsumerKeys keys, TimeProvider time)
{
    public async Task<MirrorOutcome> VerifyAsync(string mirror, BucketListing listing, TransferMeter meter, CancellationToken cancellation)
    {
        var started = time.GetTimestamp();
        var faults = new List<Exception>();
        ChainState? state = null;
        IReadOnlyList<string> warnings = [];
        try
        {
            var head = await HeadReader.ReadAsync(mirror, bucket, keys, listing, cancellation);
            state = head.State;
            warnings = head.Times.IsExpired(time.GetUtcNow()) ? [$"the head expired on {head.Expires:yyyy-MM-dd HH:mm} UTC"] : [];
            var superseded = await SupersededAsync(state, mirror, listing, cancellation);
            if (superseded.Count > 0)
            {
                warnings = [.. warnings, Gone(superseded)];
            }
            foreach (var entry in state.Chain.Except(superseded))
            {
                await CheckAsync(entry, state, new BundleSource(bucket, keys.Identities, meter), faults, cancellation);
            }
        }
        catch (Exception wrong) when (Reason.TryOf(wrong) is not null)
        {
            faults.Add(wrong);
        }
        return new MirrorOutcome(mirror, faults.Count == 0 ? OutcomeKind.Unchanged : OutcomeKind.Failed)
        {
            Sequence = state?.Sequence,
            Bytes = meter.Bytes,
            Warnings = warnings,
            Error = faults is [var first, ..]
                ? new MirrorError(Reason.TryOf(first)!, string.Join("; ", faults.Select(fault => fault.Message)))
                : null,
            Elapsed = time.GetElapsedTime(started),
        };
    }

    /// <summary>
    /// Missing bundles that no consumer needs: a consumer whose route has such a bundle starts at the newest full one instead. A damaged
    /// bundle is different, since a consumer before it would try to apply it.
    /// </summary>
    private async Task<IReadOnlyList<ChainEntry>> SupersededAsync(ChainState state, string mirror, BucketListing listing,
        CancellationToken cancellation)
    {
        var newest = state.Chain.Last(entry => entry.Kind == BundleKind.Full).Sequence;
        var older = state.Chain.Where(entry => entry.Sequence < newest).ToList();
        if (older.TrueForAll(listing.Has))
        {
            return [];
        }
        // The head may be newer than the listing.
        var now = await BucketListing.ReadOfAsync(bucket, mirror, cancellation);
        return [.. older.Where(entry => !now.Has(entry))];
    }

    private static string Gone(IReadOnlyList<ChainEntry> bundles)
    {
        var which = bundles.Count == 1
            ? $"bundle {bundles[0].Sequence} is"
            : $"bundle {bundles[0].Sequence} and {bundles.Count - 1} more are";
        return $"{which} gone from the bucket: a full bundle replaces what is missing, but restore --at cannot restore that state";
    }

    /// <summary>A bad bundle does not stop the verification of the others.</summary>
    private static async Task CheckAsync(ChainEntry entry, ChainState state, BundleSource bundles, List<Exception> faults,
        CancellationToken cancellation)
    {
        try
        {
            await using var download = await bundles.OpenAsync(entry, cancellation);
            var header = download.Bundle.Header;
            if (header.Format != state.Format || (entry.Kind == BundleKind.Full && header.Prerequisites.Count > 0))
            {
                throw ChainException.BadBundle(
                    entry, $"it is not the {entry.Kind.ToString().ToLowerInvariant()} bundle that the head names");
            }
            await using var check = new PackCheck(state.Format);
            await download.CopyPackAsync(check, cancellation);
            if (check.Finish() is { } fault)
            {
                throw ChainException.BadBundle(entry, fault);
            }
        }
        catch (Exception wrong) when (Reason.TryOf(wrong) is not null)
        {
            faults.Add(wrong);
        }
    }
}
