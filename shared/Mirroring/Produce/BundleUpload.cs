using Mirror.Age;
using Mirror.Git;
using Mirror.Storage;

namespace Mirror.Mirroring;

/// <summary>Writes one bundle: what the source negotiates against what was sent before, encrypted, straight into the bucket.</summary>
internal sealed class BundleUpload(ProduceRequest request, ObjectStore bucket, ProducerKeys keys, TransferMeter meter)
{
    /// <summary>Writes it, and says what it is. The object is complete only if the pack was whole.</summary>
    public async Task<WrittenBundle> WriteAsync(UploadPack source, BundleDraft draft, DateTimeOffset now, CancellationToken cancellation)
    {
        var fetch = await TryFetchAsync(source, draft, cancellation);
        var header = new BundleHeader(draft.Format, draft.Refs)
        {
            // What only moves refs builds on what they point at.
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

    /// <summary>The key that a draft will have.</summary>
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
            // Nothing here indexes the pack, and it must not be signed unseen.
            CheckPack = true,
            Progress = meter.Listener("source"),
        };
        return await source.FetchAsync(request, cancellation);
    }

    /// <summary>A branch without what all branches begin with, as git-partition-sync has it.</summary>
    private static string Shown(RefPattern pattern) =>
        !pattern.HasStar && pattern.Text.StartsWith("refs/heads/", StringComparison.Ordinal)
            ? pattern.Text["refs/heads/".Length..]
            : pattern.Text;
}

/// <summary>A bundle that is to be written.</summary>
internal sealed record BundleDraft(BundleKind Kind, long Generation, long Sequence)
{
    public required ObjectFormat Format { get; init; }

    /// <summary>What the destination has after it.</summary>
    public required RefList Refs { get; init; }

    public required BundleHaves HavesAfter { get; init; }

    public RefName? Head { get; init; }

    /// <summary>What it has before; nothing for a full bundle.</summary>
    public RefList Before { get; init; } = [];

    /// <summary>The same in words that the source understands.</summary>
    public BundleHaves HavesBefore { get; init; } = BundleHaves.None;

    /// <summary>What came with earlier bundles, and no ref leads to any longer.</summary>
    public IReadOnlyCollection<ObjectId> SentBefore { get; init; } = [];

    /// <summary>What the source is asked for.</summary>
    public ObjectIdSet Missing()
    {
        var present = ObjectIdSet.Of(Before.Select(found => found.Id));
        return ObjectIdSet.Of(Refs.Select(found => found.Id).Where(id => !present.Contains(id)));
    }

    /// <summary>Whether the destination is known to have all of that before the bundle.</summary>
    public bool HasMissing() => Missing().All(ObjectIdSet.Of(HavesBefore.All().Concat(SentBefore)).Contains);

    public static BundleDraft Of(ProducePlan plan, BundleKind kind, long generation, long sequence) => new(kind, generation, sequence)
    {
        Format = plan.Format,
        Refs = plan.Refs,
        HavesAfter = plan.Haves,
        Head = plan.Head,
    };
}

/// <summary>A bundle as it was written.</summary>
/// <param name="MayLack">
/// Whether the source sent no object for a commit that no ref has had since the newest full bundle. It may be older than what the refs had,
/// as after a rewind; or it is missing. Nothing here can tell.
/// </param>
internal readonly record struct WrittenBundle(ChainEntry Entry, bool MayLack);
