using Mirror.Git;

namespace Mirror.Mirroring;

/// <summary>
/// Brings a target to the end of its chain: with the bundles that follow the target's place, or, if that fails, with everything from the
/// newest full bundle.
/// </summary>
internal sealed class CatchUp(ChainState state, TargetSide target, BucketSide bucket, ChainDeliveryOptions options)
{
    // The last bundle that the target refused although it lacks no objects. Another route must begin after it, or it fails there again.
    private long _refused;

    /// <summary>The last delivery; before the first one, what is left to do.</summary>
    public ChainDelivery Delivery { get; private set; } = new(state, target, bucket.Bundles, options);

    /// <param name="route">The bundles after the target's place; null if there is no such route.</param>
    /// <param name="onlyForward">Whether refs may already be as the head wants them,
    /// because the target's place is not known for sure.</param>
    public async Task RunAsync(IReadOnlyList<ChainEntry>? route, bool onlyForward, CancellationToken cancellation)
    {
        if (route is not null && await TryAsync(route, onlyForward, cancellation))
        {
            return;
        }
        if (!target.Managed.Any() || !await TryAsync(FromFull(), onlyForward: true, cancellation))
        {
            await Begin(onlyForward: false).RunAsync(FromFull(), cancellation);
        }
    }

    /// <summary>The refs that the target refused, and whether it equals the chain's end.</summary>
    public (MirrorError? Left, bool IsEqual) Result()
    {
        var rest = Delivery.Rest;
        var left = RefsError.Of(target.Url, Delivery.Refused, rest);
        if (left is not null && Delivery.LacksObjects)
        {
            left = left with
            {
                Message = $"{left.Message}; the target lacks objects that the chain up to sequence {state.Sequence} builds on",
                Advice = Reason.RefusedBundle.NextAction,
            };
        }
        return (left, left is null && rest.Changes.Count == 0);
    }

    /// <summary>Tries a route. False if the target lacks objects that it builds on, or a bundle is gone by now.</summary>
    private async Task<bool> TryAsync(IReadOnlyList<ChainEntry> route, bool onlyForward, CancellationToken cancellation)
    {
        try
        {
            await Begin(onlyForward).RunAsync(route, cancellation);
            if (!Delivery.LacksObjects)
            {
                return true;
            }
            options.Meter.Note?.Invoke("the target lacks objects that were delivered before; starting at the newest full bundle");
        }
        catch (Exception broken) when (IsWorthAFullOne(broken))
        {
            options.Meter.Note?.Invoke($"{broken.Message}; starting at the newest full bundle");
            if (IsRefusal(broken) && !IsForLackOfObjects(broken))
            {
                _refused = Delivery.Current;
            }
            await bucket.ListAgainAsync(cancellation);
            await target.LookAsync(cancellation);
        }
        return false;
    }

    /// <summary>
    /// Whether to start again at a full bundle: a bundle is gone since the bucket was listed, the target lacks objects that a pack builds
    /// on, or it refuses a bundle and a later one is full, which the producer writes with <c>--full</c> after the source was repaired. A
    /// full bundle before the refused one would lead to it again, and would move refs back on the way.
    /// </summary>
    private bool IsWorthAFullOne(Exception broken) =>
        broken is ChainException { Failure: ChainFailure.MissingBundle }
        || IsForLackOfObjects(broken)
        || (IsRefusal(broken) && ChainRoute.TryFromFull(state, bucket.Listing, past: Delivery.Current) is not null);

    private static bool IsRefusal(Exception broken) => broken is ChainException { Failure: ChainFailure.RefusedBundle };

    private static bool IsForLackOfObjects(Exception broken) => broken switch
    {
        ChainException { Failure: ChainFailure.RefusedBundle, InnerException: { } refused } => IsForLackOfObjects(refused),
        RemoteException { Failure: RemoteFailure.Refused, Stage: "push" } =>
            PushRefusals.Of(broken.Message) is PushRefusal.MissingObjects or PushRefusal.UnresolvedDeltas,
        _ => false,
    };

    private ChainDelivery Begin(bool onlyForward) =>
        Delivery = new ChainDelivery(state, target, bucket.Bundles, options with { OnlyForward = onlyForward });

    private IReadOnlyList<ChainEntry> FromFull() => ChainRoute.FromFull(state, bucket.Listing, _refused);
}
