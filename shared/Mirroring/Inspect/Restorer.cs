using Mirror.Git;
using Mirror.Storage;

namespace Mirror.Mirroring;

/// <summary>Rebuilds a repository from the bucket alone, as it is at the end of its chain or was at any sequence in it.</summary>
public sealed class Restorer(ObjectStore bucket, ConsumerKeys keys, RemoteSettings settings)
{
    /// <summary>Reads the state to restore: the whole chain, or up to a sequence.</summary>
    public async Task<ChainState> FindAsync(string mirror, long? at, BucketListing listing, CancellationToken cancellation)
    {
        // All refs of a bundle, whatever the mirror manages today.
        var state = (await HeadReader.ReadAsync(mirror, bucket, keys, listing, cancellation)).State with { Managed = ["refs/*"] };
        if (at is null || at == state.Sequence)
        {
            return state;
        }
        var entry = state.Chain.FirstOrDefault(entry => entry.Sequence == at)
            ?? throw new ChainException(ChainFailure.NoSequence,
                $"{mirror}: there is no sequence {at}: the chain goes from {state.Chain[0].Sequence} to {state.Sequence}");
        await using var download = await Bundles(new TransferMeter()).OpenAsync(entry, cancellation);
        return state with { Chain = [.. state.Chain.TakeWhile(earlier => earlier.Sequence <= at)], Refs = download.Bundle.Header.Refs };
    }

    /// <summary>Pushes a state to a repository that is empty, or that an earlier restore left incomplete.</summary>
    public async Task<MirrorOutcome> RestoreAsync(string mirror, ChainState state, RestoreTarget target, TransferMeter meter,
        CancellationToken cancellation)
    {
        var started = settings.Time.GetTimestamp();
        await using var session = new TargetSession(target.Url, settings, meter);
        var managed = TargetSide.ManagedBy(state.Managed);
        var side = new TargetSide(session, managed);
        var delivery = new ChainDelivery(state, side, Bundles(meter), new ChainDeliveryOptions(meter, managed));
        var last = await new Attempts(settings.Time, Random.Shared, meter).RunAsync(new RestoreRound(), RoundAsync, cancellation);
        var error = await session.ErrorOfAsync(last.Broken, cancellation) ?? last.Left;
        return new MirrorOutcome(mirror, MirrorOutcome.KindOf(error, side.Moved.Count))
        {
            Refs = RefCounts.Of(side.Moved, delivery.Refused.Count),
            Bytes = meter.Bytes,
            Sequence = state.Sequence,
            Bundle = delivery.Applied?.Kind,
            Error = error,
            Changes = side.Moved,
            Elapsed = settings.Time.GetElapsedTime(started),
        };

        async Task<RestoreRound> RoundAsync(RestoreRound before, CancellationToken token)
        {
            try
            {
                await side.LookAsync(token);
                await delivery.RunAsync(Route(state, side, await ListedAsync(mirror, state, target, token)), token);
                return new RestoreRound { IsDone = true, Left = RefsError.Of(target.Url, delivery.Refused, delivery.Rest) };
            }
            catch (Exception broken) when (Reason.TryOf(broken) is not null)
            {
                return new RestoreRound { Broken = broken };
            }
        }
    }

    /// <summary>The head may be newer than the listing, so bundles that seem to be missing are listed again.</summary>
    private async Task<RestoreTarget> ListedAsync(string mirror, ChainState state, RestoreTarget target, CancellationToken cancellation) =>
        state.Chain.All(target.Listing.Has)
            ? target
            : target with { Listing = await BucketListing.ReadOfAsync(bucket, mirror, cancellation) };

    private static IReadOnlyList<ChainEntry> Route(ChainState state, TargetSide side, RestoreTarget target)
    {
        var count = side.Managed.Count();
        if (count > 0)
        {
            return ChainRoute.PlaceOf(state, side.Digest) is { } place && ChainRoute.After(state, place, target.Listing) is { } rest
                ? rest
                : throw new RemoteException(RemoteFailure.Refused, target.Url.ToString(), "restore",
                    $"it has {count} refs already: restore into an empty repository");
        }
        return ChainRoute.FromFull(state, target.Listing);
    }

    private BundleSource Bundles(TransferMeter meter) => new(bucket, keys.Identities, meter);

    private sealed record RestoreRound : IRound
    {
        /// <summary>The refs that the target refused.</summary>
        public MirrorError? Left { get; init; }

        public bool IsDone { get; init; }

        public Exception? Broken { get; init; }
    }
}

/// <summary>The target of a restore, and the bucket's listing for it.</summary>
public sealed record RestoreTarget(RemoteUrl Url, BucketListing Listing);
