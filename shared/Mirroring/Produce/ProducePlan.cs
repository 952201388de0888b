using Mirror.Git;
using Mirror.Storage;

namespace Mirror.Mirroring;

internal enum ProduceStep
{
    Nothing,

    /// <summary>A new head over the same bundles.</summary>
    Head,

    Delta,
    Full,
}

/// <summary>What there is to do for a mirror: what its ledger, its source and the bucket's listing make of each other.</summary>
internal sealed record ProducePlan
{
    public required ProducerLedger Ledger { get; init; }

    public required RefListing Source { get; init; }

    public ProduceStep Step { get; private init; }

    /// <summary>Whether a full bundle is asked for, whatever there is to do.</summary>
    public bool WantsFull { get; private init; }

    /// <summary>What changes at the destination.</summary>
    public required TargetPlan Changes { get; init; }

    /// <summary>What the destination shall have.</summary>
    public required RefList Refs { get; init; }

    /// <summary>What the destination will have, in words that the source understands.</summary>
    public BundleHaves Haves => field ??= BundleHaves.Of(Refs, Source);

    public ObjectFormat Format => Chain?.Format ?? Source.Format;

    /// <summary>The source's HEAD, as the destination calls it.</summary>
    public RefName? Head { get; private init; }

    /// <summary>What consumers may touch: not what a problem stands for, which is left as it is.</summary>
    public required IReadOnlyList<string> Managed { get; init; }

    /// <summary>The chain that the ledger knows and the bucket can be believed to have; null where a new one begins.</summary>
    public ChainState? Chain { get; private init; }

    /// <summary>One more than any generation that the bucket has seen, so that a chain begun anew is never taken for an old one.</summary>
    public long NextGeneration { get; init; }

    /// <summary>The listing that it was decided by.</summary>
    public required BucketListing Bucket { get; init; }

    /// <summary>The head in the bucket that is to be replaced; null where there is none.</summary>
    public StoredObject? SeenHead { get; init; }

    /// <summary>Whether the chain's end is another state: refs changed, or are no
    /// longer the mirror's, so that no head may name them.</summary>
    public bool HasNews => Changes.Changes.Count > 0 || (Chain is not null && !Chain.Refs.SequenceEqual(Refs));

    public static ProducePlan Make(ProduceRequest request, ProducerLedger ledger, RefListing source, BucketListing bucket)
    {
        var wanted = WantedRefs.Of(request.Refs, source, mayMiss: request.AllowMassDelete);
        // Another object format is another repository: no bundle of the one builds on the other.
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

    /// <summary>Decides, cheapest question first.</summary>
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
        // The clock was ahead when the head was put, and so is what the head says of when it expires.
        || published.PutAt > producer.Now + ClockTolerance.OfTwoWorkers
        || Bucket.Find(ObjectKey.OfHead(Ledger.Mirror))?.ETag != published.ETag
        || chain.Head != Head
        || !chain.Managed.SequenceEqual(Managed)
        || producer.Policy.Trimmed(chain.Chain, producer.Now) != chain.Chain;

    /// <summary>
    /// Whether a head that we did not put goes with bundles beyond our own end: then the ledger came out of a backup, and heads that follow
    /// from it would be older than what consumers have seen.
    /// </summary>
    private bool IsBehind(ChainState chain) =>
        Bucket.Find(ObjectKey.OfHead(Ledger.Mirror))?.ETag is { } etag && etag != Ledger.Published?.ETag
        && Bucket.BundlesOf(Ledger.Mirror).Any(bundle => bundle.Name.Position > chain.Position);

    /// <summary>Whether a consumer that has nothing could still follow the chain to its end.</summary>
    private bool IsWhole(ChainState chain)
    {
        var full = chain.Chain.Last(entry => entry.Kind == BundleKind.Full);
        return chain.Chain.Where(entry => entry.Sequence >= full.Sequence).All(Bucket.Has);
    }

    private static long GenerationAfter(BucketListing bucket, ProducerLedger ledger) =>
        Math.Max(bucket.NewestGenerationOf(ledger.Mirror), ledger.State?.Generation ?? 0) + 1;

    /// <summary>What a consumer will be told that it may change: not every ref map can
    /// be said to one who does not know the source's names.</summary>
    private static IReadOnlyList<string> ManagedBy(ProduceRequest request)
    {
        try
        {
            return request.Refs.DestinationPatterns() is { Count: > 0 } patterns
                ? patterns
                : throw new FormatException("the exclusions leave nothing of the ref map");
        }
        catch (FormatException wrong)
        {
            throw new RemoteException(RemoteFailure.Unsupported, request.Source.ToString(), "map refs", wrong.Message);
        }
    }

    private static RefName? DestinationOf(RefMap map, RefName? head) =>
        head is { } name && map.Destinations(name) is [var first, ..] && RefName.TryParse(first, out var destination) ? destination : null;
}
