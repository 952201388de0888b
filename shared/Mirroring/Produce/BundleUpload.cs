using Mirror.Age;
using Mirror.Git;
using Mirror.Storage;

namespace Mirror.Mirroring;

/// <summary>Writes one bundle: negotiates a pack against what was sent before, and streams it, encrypted, into the bucket.</summary>
internal sealed class BundleUpload(ProduceRequest request, ObjectStore bucket, ProducerKeys keys, TransferMeter meter)
{
    /// <summary>Writes the bundle. The object is completed only if the pack was complete.</summary>
    public async Task<WrittenBundle> WriteAsync(UploadPack source, BundleDraft draft, DateTimeOffset now, CancellationToken cancellation)
    {
        var fetch = await TryFetchAsync(source, draft, cancellation);
        var header = new BundleHeader(draft.Format, draft.Refs)
        {
            // A bundle that only moves refs builds on the objects that they point at.
            Prerequisites = draft.Kind == BundleKind.Full
                ? []
                : fetch is null
                ? draft.HavesAfter.Prerequisites(null)
                : draft.HavesBefore.Prerequisites(fetch.Common),
            Head = draft.Head is { } head
                ? draft.Refs.Where(found => found.Name == head).Select(found => (ObjectId?)found.Id).FirstOrDefault()
                : null,
        };
        var transfer = fetch is null ? null : await PackTransfer.BeginAsync(fetch.Pack, request.Source, meter, cancellation);
        var key = KeyOf(draft);
        await using var upload = await bucket.CreateAsync(key, WriteCondition.IfAbsent, cancellation);
        await using var digest = new DigestWriter(upload);
        await using var file = AgeFile.Encrypt(digest, keys.Recipients);
        meter.Stage = "writing the bundle";
        await header.WriteAsync(file, cancellation);
        await (transfer?.CopyToAsync(file, cancellation) ?? file.WriteAsync(EmptyPack.Of(draft.Format), cancellation).AsTask());
        await file.CompleteAsync(cancellation);
        await upload.CompleteAsync(cancellation);
        var entry = new ChainEntry(draft.Sequence, draft.Kind, key)
        {
            Size = digest.Size,
            Sha256 = digest.Finish(),
            HeaderSha256 = file.Fingerprint,
            RefsDigest = RefsDigest.Of(draft.Refs),
            Written = now,
        };
        return new WrittenBundle(entry, MayLack: transfer is { ObjectCount: 0 } && !draft.HasMissing());
    }

    /// <summary>The key of the bundle's object.</summary>
    public string KeyOf(BundleDraft draft)
    {
        var (source, destination) = request.Refs.First;
        var tip = draft.Refs.Where(found => source.HasStar ? found.Name == draft.Head : found.Name.Value == destination.Text)
            .Select(found => found.Id);
        return ObjectKey.OfBundle(new BundleName(request.Mirror, draft.Generation, draft.Sequence)
        {
            CommitId = tip.Concat(draft.Refs.Select(found => found.Id)).Append(draft.Format.Null).First().ToString(),
            Branch = Shown(destination),
            LocalBranch = Shown(source),
        });
    }

    private async Task<Fetch?> TryFetchAsync(UploadPack source, BundleDraft draft, CancellationToken cancellation)
    {
        var wants = draft.Missing();
        if (wants.Count == 0)
        {
            return null;
        }
        meter.Stage = "negotiating";
        var request = new FetchRequest(wants, draft.HavesBefore.All())
        {
            // The pack is not indexed here, and must not be signed unchecked.
            CheckPack = true,
            Progress = meter.Listener("source"),
        };
        return await source.FetchAsync(request, cancellation);
    }

    /// <summary>A branch without <c>refs/heads/</c>, as in git-partition-sync.</summary>
    private static string Shown(RefPattern pattern) =>
        !pattern.HasStar && pattern.Text.StartsWith("refs/heads/", StringComparison.Ordinal)
            ? pattern.Text["refs/heads/".Length..]
            : pattern.Text;
}

/// <summary>A bundle to write.</summary>
internal sealed record BundleDraft(BundleKind Kind, long Generation, long Sequence)
{
    public required ObjectFormat Format { get; init; }

    /// <summary>The destination's refs after the bundle.</summary>
    public required RefList Refs { get; init; }

    public required BundleHaves HavesAfter { get; init; }

    public RefName? Head { get; init; }

    /// <summary>The destination's refs before the bundle; empty for a full bundle.</summary>
    public RefList Before { get; init; } = [];

    /// <summary>The same, as haves for the source.</summary>
    public BundleHaves HavesBefore { get; init; } = BundleHaves.None;

    /// <summary>Objects that came with earlier bundles, and that no ref leads to any more.</summary>
    public IReadOnlyCollection<ObjectId> SentBefore { get; init; } = [];

    /// <summary>The wants for the source.</summary>
    public ObjectIdSet Missing()
    {
        var present = ObjectIdSet.Of(Before.Select(found => found.Id));
        return ObjectIdSet.Of(Refs.Select(found => found.Id).Where(id => !present.Contains(id)));
    }

    /// <summary>Whether the destination is known to have all of them before the bundle.</summary>
    public bool HasMissing() => Missing().All(ObjectIdSet.Of(HavesBefore.All().Concat(SentBefore)).Contains);

    public static BundleDraft Of(ProducePlan plan, BundleKind kind, long generation, long sequence) => new(kind, generation, sequence)
    {
        Format = plan.Format,
        Refs = plan.Refs,
        HavesAfter = plan.Haves,
        Head = plan.Head,
    };
}

/// <summary>A bundle that was written.</summary>
/// <param name="MayLack">Whether the source sent no objects although some ref now has a commit that no ref has had since the newest full
/// bundle. The commit may be older than those, as after a rewind, or it may be missing. The producer cannot tell.</param>
internal readonly record struct WrittenBundle(ChainEntry Entry, bool MayLack);
