using Mirror.Git;
using Mirror.Storage;

namespace Mirror.Mirroring;

internal enum ProduceStep
{
    Nothing,

    /// <summary>A new head with the same bundles.</summary>
    Head,

    Delta,
    Full,
}

/// <summary>The work to do for a mirror, decided by its ledger, its source and the bucket's listing.</summary>
internal sealed record ProducePlan
{
    public required ProducerLedger Ledger { get; init; }

    public required RefListing Source { get; init; }

    public ProduceStep Step { get; private init; }

    /// <summary>Whether a full bundle was requested, due or not.</summary>
    public bool WantsFull { get; private init; }

    /// <summary>The changes at the destination.</summary>
    public required TargetPlan Changes { get; init; }

    /// <summary>The refs that the destination is to have.</summary>
    public required RefList Refs { get; init; }

    /// <summary>What the destination will have, as haves for the source.</summary>
    public BundleHaves Haves => field ??= BundleHaves.Of(Refs, Source);

    public ObjectFormat Format => Chain?.Format ?? Source.Format;

    /// <summary>The source's HEAD, by its name at the destination.</summary>
    public RefName? Head { get; private init; }

    /// <summary>The refs that consumers may change. Refs with a problem are excluded, so that they stay as they are.</summary>
    public required IReadOnlyList<string> Managed { get; init; }

    /// <summary>The chain in the ledger, if the bucket can be trusted to have it; null where a new chain begins.</summary>
    public ChainState? Chain { get; private init; }

    /// <summary>One more than any generation in the bucket or the ledger, so that a new chain is never taken for an old one.</summary>
    public long NextGeneration { get; init; }

    /// <summary>The listing that the decision is based on.</summary>
    public required BucketListing Bucket { get; init; }

    /// <summary>The head in the bucket to replace; null for none.</summary>
    public StoredObject? SeenHead { get; init; }

    /// <summary>Whether the chain's end differs: refs have changed, or the mirror no longer manages some,
    /// so that no head may name them.</summary>
    public bool HasNews => Changes.Changes.Count > 0 || (Chain is not null && !Chain.Refs.SequenceEqual(Refs));

    public static ProducePlan Make(ProduceRequest request, ProducerLedger ledger, RefListing source, BucketListing bucket)
    {
        var wanted = WantedRefs.Of(request.Refs, source, mayMiss: request.AllowMassDelete);
        // Another object format means another repository, so bundles of one cannot build on the other.
        var chain = ledger.State is { } state && (state.Format == source.Format || source.Refs.Count == 0) ? ledger.State : null;
        var before = new RefListing(chain?.Format ?? source.Format, chain?.Refs ?? []);
        return new ProducePlan
        {
            Ledger = ledger,
            Source = source,
            Bucket = bucket,
            Changes = TargetPlan.Make(wanted, before, prune: true),
            Refs = wanted.Refs,
            Managed = [.. ManagedBy(request), .. wanted.Problems.Keys.Where(name => RefName.TryParse(name, out _)
                && wanted.Manages(name)).Select(name => $"^{name}")],
            Head = DestinationOf(request.Refs, source.Head),
            Chain = chain,
            WantsFull = request.Full,
        };
    }

    /// <summary>Decides what to do, with the cheapest checks first.</summary>
    public ProducePlan Decide(Producer producer)
    {
        var chain = Chain is not null && IsBehind(Chain) ? null : Chain;
        var judged = this with { Chain = chain, NextGeneration = GenerationAfter(Bucket, Ledger) };
        return judged with { Step = judged.StepFor(producer) };
    }

    private ProduceStep StepFor(Producer producer) =>
        Chain is null || WantsFull || Ledger.IsInDoubt || Ledger.Readers != producer.Keys.Readers || !IsWhole(Chain)
            || producer.Policy.IsDueForFull(Chain.Chain) ? ProduceStep.Full
        : HasNews ? ProduceStep.Delta
        : IsHeadDue(Chain, producer) ? ProduceStep.Head
        : ProduceStep.Nothing;

    private bool IsHeadDue(ChainState chain, Producer producer) =>
        Ledger.Published is not { } published
        || published.Position != chain.Position
        || published.Signer != producer.Keys.Signer
        || published.PutAt + producer.Policy.Heartbeat <= producer.Now
        // The clock was ahead when the head was put, so the head's expiry is too late.
        || published.PutAt > producer.Now + ClockTolerance.OfTwoWorkers
        || Bucket.Find(ObjectKey.OfHead(Ledger.Mirror))?.ETag != published.ETag
        || chain.Head != Head
        || !chain.Managed.SequenceEqual(Managed)
        || producer.Policy.Trimmed(chain.Chain, producer.Now) != chain.Chain;

    /// <summary>
    /// Whether the bucket has a head that is not in the ledger, and bundles after the chain's end. Then the ledger was restored from a
    /// backup, and its next heads would be older than those that consumers have seen.
    /// </summary>
    private bool IsBehind(ChainState chain) =>
        Bucket.Find(ObjectKey.OfHead(Ledger.Mirror))?.ETag is { } etag && etag != Ledger.Published?.ETag
        && Bucket.BundlesOf(Ledger.Mirror).Any(bundle => bundle.Name.Position > chain.Position);

    /// <summary>Whether a consumer that starts from nothing could still follow the chain to its end.</summary>
    private bool IsWhole(ChainState chain)
    {
        var full = chain.Chain.Last(entry => entry.Kind == BundleKind.Full);
        return chain.Chain.Where(entry => entry.Sequence >= full.Sequence).All(Bucket.Has);
    }

    private static long GenerationAfter(BucketListing bucket, ProducerLedger ledger) =>
        Math.Max(bucket.NewestGenerationOf(ledger.Mirror), ledger.State?.Generation ?? 0) + 1;

    /// <summary>The refs that consumers may change. A ref map must be expressible without the source's names; not every map is.</summary>
    private static IReadOnlyList<string> ManagedBy(ProduceRequest request)
    {
        try
        {
            return request.Refs.DestinationPatterns() is { Count: > 0 } patterns
                ? patterns
                : throw new FormatException("the exclusions exclude every ref of the ref map");
        }
        catch (FormatException wrong)
        {
            throw new RemoteException(RemoteFailure.Unsupported, request.Source.ToString(), "map refs", wrong.Message);
        }
    }

    private static RefName? DestinationOf(RefMap map, RefName? head) =>
        head is { } name && map.Destinations(name) is [var first, ..] && RefName.TryParse(first, out var destination) ? destination : null;
}
