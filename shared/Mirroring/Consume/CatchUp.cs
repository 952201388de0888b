using Mirror.Git;

namespace Mirror.Mirroring;

/// <summary>
/// Brings a target to the end of its chain by whichever way leads there: the bundles that follow its place, and where those do not do,
/// all of it from the newest full bundle.
/// </summary>
internal sealed class CatchUp(ChainState state, TargetSide target, BucketSide bucket, ChainDeliveryOptions options)
{
    // The last bundle that the target refused, although it lacks nothing: another way must begin after it, or it ends there as well.
    private long _refused;

    /// <summary>The way that was gone last; before the first, what there is to do.</summary>
    public ChainDelivery Delivery { get; private set; } = new(state, target, bucket.Bundles, options);

    /// <param name="route">What follows the target's place; null where there is no such way.</param>
    /// <param name="onlyForward">Whether refs may be as the head wants them already, as where the place is not known for sure.</param>
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

    /// <summary>What the target will not take, and whether it is as the chain's end is.</summary>
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

    /// <summary>Goes a way that may turn out not to lead there: false if the target
    /// lacks what it builds on, or a bundle has gone meanwhile.</summary>
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
    /// Whether a bundle has gone since the bucket was listed, the target lacks what a pack builds on, or there is a full bundle after one
    /// that the target refuses: the producer's <c>--full</c>, where the source has been mended. A full bundle before the refused one leads
    /// to it again, and on the way there would take refs back.
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
