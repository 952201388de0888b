using Mirror.Git;
using Mirror.Storage;

namespace Mirror.Mirroring;

/// <summary>Refuses a plan whose head would be too large for consumers, before anything is written.</summary>
internal static class HeadLimit
{
    // JSON writes a name in at most three times its bytes, and the ref map is small.
    // So below a quarter of the limit the exact size is not computed.
    private const int EstimateMargin = 4;

    public static void Check(ProduceRequest request, ProducePlan plan, Producer producer)
    {
        var state = Largest(plan);
        if (StateJson.SizeOf(state) < producer.MaxHeadSize / EstimateMargin)
        {
            return;
        }
        var head = new MirrorHead(request.Mirror, state) { Written = default, Expires = default };
        var size = SealedHead.SizeOf(head, producer.Keys.Recipients.Count);
        if (size > producer.MaxHeadSize)
        {
            throw new RemoteException(RemoteFailure.Unsupported, request.Source.ToString(), "map refs",
                $"{plan.Refs.Count} refs are too many for one mirror: its head would have {size} bytes, and consumers read at most "
                + $"{producer.MaxHeadSize}; choose fewer with 'refs', or split them among several mirrors");
        }
    }

    /// <summary>The state after the run, with the largest possible entries for the two bundles that it may write.</summary>
    private static ChainState Largest(ProducePlan plan)
    {
        var digest = new string('0', 64);
        var entry = new ChainEntry(ObjectKey.MaxNumber, BundleKind.Delta, new string('k', ObjectStore.MaxKeySize))
        {
            Size = long.MaxValue,
            Sha256 = digest,
            HeaderSha256 = digest,
            RefsDigest = digest,
            Written = default,
        };
        return new ChainState(ObjectKey.MaxNumber, plan.Format)
        {
            Chain = [.. plan.Chain?.Chain ?? [], entry, entry],
            Managed = plan.Managed,
            Refs = plan.Refs,
            Head = plan.Head,
        };
    }
}
