using Mirror.Age;
using Mirror.Age.Signatures;
using Mirror.Git;
using Mirror.Mirroring.Tests.Sync;
using Mirror.Storage;
using Mirror.Tests.Servers;

namespace Mirror.Mirroring.Tests.Partition;

/// <summary>A source, a bucket in a directory, and a target: both sides of a partition, with the keys that each has.</summary>
internal sealed class PartitionFixture
{
    public const string Mirror = "ce/routy";

    public required GitRepository Source { get; init; }

    public required GitRepository Target { get; init; }

    public string Folder { get; } = Scratch.NewFolder("partition");

    public ShiftedTime Time { get; } = new();

    public AgeIdentity Identity { get; init; } = AgeIdentity.Generate();

    public SigningKey Signing { get; init; } = SigningKey.Generate("producer");

    public ChainPolicy Policy { get; set; } = ChainPolicy.Default;

    public List<string> Notes { get; } = [];

    public string BucketPath => Path.Combine(Folder, "bucket");

    public string NearPath => Path.Combine(Folder, "near");

    public string FarPath => Path.Combine(Folder, "far");

    public ObjectStore Bucket => Store(BucketPath);

    public static async Task<PartitionFixture> CreateAsync(string format = "sha1") => new()
    {
        Source = await GitRepository.CreateAsync("source", format),
        Target = await GitRepository.CreateAsync("target", format),
    };

    public ObjectStore Store(string path) => ObjectStore.OpenDirectory(path, Time);

    public ProduceRequest ProduceRequest(params string[] refs) => new(Mirror, SyncFixture.Url(Source.FileUrl))
    {
        Refs = refs.Length > 0 ? RefMap.Parse(refs) : RefMap.Default,
    };

    public ConsumeRequest ConsumeRequest() => new(Mirror, SyncFixture.Url(Target.FileUrl));

    public async Task<MirrorOutcome> ProduceAsync(ProduceRequest? request = null, SigningKey? signing = null)
    {
        var producer = new Producer(Bucket, Store(NearPath), new ProducerKeys([Identity.Recipient], signing ?? Signing), Settings()) { Policy = Policy, Random = new Random(1) };
        return await producer.ProduceAsync(request ?? ProduceRequest(), await BucketListing.ReadAsync(Bucket, CancellationToken.None), Meter(), CancellationToken.None);
    }

    public async Task<MirrorOutcome> ConsumeAsync(ConsumeRequest? request = null)
    {
        var consumer = new Consumer(Bucket, Store(FarPath), new ConsumerKeys([Identity], [Signing.VerifyingKey]), Settings()) { Random = new Random(1) };
        return await consumer.ConsumeAsync(request ?? ConsumeRequest(), await BucketListing.ReadAsync(Bucket, CancellationToken.None), Meter(), CancellationToken.None);
    }

    /// <summary>Produces, consumes, and asserts that both went well and the target is equal and sound.</summary>
    public async Task<(MirrorOutcome Produced, MirrorOutcome Consumed)> CarryAsync(params string[] refs)
    {
        var produced = await ProduceAsync(ProduceRequest(refs));
        AssertGood(produced);
        var consumed = await ConsumeAsync();
        AssertGood(consumed);
        return (produced, consumed);
    }

    public async Task AssertEqualAsync()
    {
        Assert.Equal(await SyncFixture.ManagedAsync(Source), await SyncFixture.ManagedAsync(Target));
        await Target.FsckAsync();
    }

    public static void AssertGood(MirrorOutcome outcome) => Assert.True(outcome.IsGood, $"{outcome.Kind}: {outcome.Error?.Reason}: {outcome.Error?.Message}");

    /// <summary>The head as the consumer sees it.</summary>
    public async Task<MirrorHead> HeadAsync()
    {
        var content = await Bucket.ReadAsync(ObjectKey.OfHead(Mirror), SealedHead.MaxSize, CancellationToken.None);
        return await SealedHead.OpenAsync(content.Bytes, [Identity], [Signing.VerifyingKey], CancellationToken.None);
    }

    public async Task PutHeadAsync(MirrorHead head, SigningKey? signing = null) =>
        await Bucket.PutAsync(ObjectKey.OfHead(head.Mirror), await SealedHead.SealAsync(head, signing ?? Signing, [Identity.Recipient], CancellationToken.None), WriteCondition.None, CancellationToken.None);

    /// <summary>The files of the bucket, by the objects' keys.</summary>
    public async Task<IReadOnlyList<StoredObject>> ObjectsAsync()
    {
        var objects = new List<StoredObject>();
        await foreach (var found in Bucket.ListAsync("", CancellationToken.None))
        {
            objects.Add(found);
        }
        return objects;
    }

    public RemoteSettings Settings() => new() { Http = SyncFixture.Settings.Http, Time = Time };

    private TransferMeter Meter() => new() { Note = Notes.Add };
}
