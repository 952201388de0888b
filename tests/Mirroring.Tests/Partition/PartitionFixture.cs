using Mirror.Age;
using Mirror.Age.Signatures;
using Mirror.Git;
using Mirror.Mirroring.Tests.Bucket;
using Mirror.Storage;
using Mirror.Tests.Servers;

namespace Mirror.Mirroring.Tests.Partition;

/// <summary>A source, a bucket in a directory, and a target: both sides of a partition, with the keys that each has.</summary>
internal sealed class PartitionFixture
{
    public string Name { get; init; } = "ce/routy";

    public required GitRepository Source { get; init; }

    public required GitRepository Target { get; init; }

    public string FarName { get; init; } = "far";

    public string Folder { get; init; } = Scratch.NewFolder("partition");

    public ShiftedTime Time { get; init; } = new();

    /// <summary>Another clock for the retries.</summary>
    public TimeProvider? RemoteTime { get; init; }

    public AgeIdentity Identity { get; init; } = AgeIdentity.Generate();

    public SigningKey Signing { get; init; } = SigningKey.Generate("producer");

    /// <summary>Where the producer keeps its ledgers, if not in a directory.</summary>
    public ObjectStore? NearStore { get; set; }

    public int MaxHeadSize { get; set; } = SealedHead.MaxSize;

    public ChainPolicy Policy { get; set; } = ChainPolicy.Default;

    /// <summary>However large the deltas of a small repository are, no full bundle takes their place.</summary>
    public static ChainPolicy DeltasOnly { get; } = new() { MaxDeltaShare = 1000 };

    /// <summary>What both sides take out of what they keep.</summary>
    public Func<string, string> Redact { get; set; } = text => text;

    public List<string> Notes { get; } = [];

    /// <summary>What stands in for ssh, by way of which the source is asked then.</summary>
    public string? Ssh { get; set; }

    public string BucketPath => Path.Combine(Folder, "bucket");

    public string NearPath => Path.Combine(Folder, "near");

    public string FarPath => Path.Combine(Folder, FarName);

    public ObjectStore Bucket => Store(BucketPath);

    public string HeadKey => ObjectKey.OfHead(Name);

    public static async Task<PartitionFixture> CreateAsync(string format = "sha1") => new()
    {
        Source = await GitRepository.CreateAsync("source", format),
        Target = await GitRepository.CreateAsync("target", format),
    };

    /// <summary>One whose <c>main</c> has so many commits, each of them produced by itself, and none consumed.</summary>
    public static async Task<PartitionFixture> ProducedAsync(int count)
    {
        var fixture = await CreateAsync();
        for (var i = 1; i <= count; i++)
        {
            await fixture.Source.CommitAsync("main", "a.txt", $"{i}\n");
            AssertGood(await fixture.ProduceAsync());
        }
        return fixture;
    }

    /// <summary>One bundle consumed, and the next one, a delta, waiting.</summary>
    public static async Task<PartitionFixture> StepAsync()
    {
        var fixture = await ProducedAsync(1);
        AssertGood(await fixture.ConsumeAsync());
        await fixture.Source.CommitAsync("main", "a.txt", "two\n");
        AssertGood(await fixture.ProduceAsync());
        return fixture;
    }

    /// <summary>The same bucket, and a target that comes late to it, with a consumer of its own.</summary>
    public async Task<PartitionFixture> LateAsync() => new()
    {
        Folder = Folder,
        FarName = "late",
        Time = Time,
        Identity = Identity,
        Signing = Signing,
        Source = Source,
        Target = await GitRepository.CreateAsync("late"),
    };

    /// <summary>Another mirror in the same bucket, of the same people.</summary>
    public async Task<PartitionFixture> AlongsideAsync(string name = "ce/other") => new()
    {
        Name = name,
        Folder = Folder,
        Time = Time,
        Identity = Identity,
        Signing = Signing,
        Source = await GitRepository.CreateAsync("source"),
        Target = await GitRepository.CreateAsync("target"),
    };

    public ObjectStore Store(string path) => ObjectStore.OpenDirectory(path, Time);

    public ProduceRequest ProduceRequest(params string[] refs) =>
        new(Name, Remotes.Url(Ssh is null ? Source.FileUrl : $"ssh://source{Source.Path}")) { Refs = Remotes.Map(refs) };

    /// <summary>Lets the source send what a shell script writes, which gets the command line of <c>git pack-objects</c>.</summary>
    public async Task SendAsync(string hook)
    {
        var folder = Scratch.NewFolder("hook");
        var (script, ssh) = (Path.Combine(folder, "hook"), Path.Combine(folder, "ssh"));
        await File.WriteAllTextAsync(script, $"#!/bin/sh\ncd {folder}\nexport GIT_DIR={Source.Path}\n{hook}\n");
        // The last word that ssh is given is the far side's command line: git-upload-pack and the quoted path.
        await File.WriteAllTextAsync(ssh,
            "#!/bin/sh\nfor command; do :; done\neval \"set -- $command\"\n"
                + $"exec git -c uploadpack.packObjectsHook={script} upload-pack \"$2\"\n");
        await new Command("chmod", "+x", script, ssh).RunAsync();
        Ssh = ssh;
    }

    public ConsumeRequest ConsumeRequest() => new(Name, Remotes.Url(Target.FileUrl));

    public async Task<MirrorOutcome> ProduceAsync(ProduceRequest? request = null, SigningKey? signing = null,
        CancellationToken cancellation = default)
    {
        var producer = new Producer(
            Bucket, NearStore ?? Store(NearPath), new ProducerKeys([Identity.Recipient], signing ?? Signing), Settings())
        {
            Policy = Policy,
            Random = new Random(1),
            Redact = Redact,
            MaxHeadSize = MaxHeadSize,
        };
        var listing = await BucketListing.ReadAsync(Bucket, CancellationToken.None);
        return await producer.ProduceAsync(request ?? ProduceRequest(), listing, Meter(), cancellation);
    }

    public async Task<MirrorOutcome> ConsumeAsync(ConsumeRequest? request = null) =>
        await ConsumeAsync(await BucketListing.ReadAsync(Bucket, CancellationToken.None), request);

    /// <summary>Consumes on the word of a listing that may be older than the bucket.</summary>
    public async Task<MirrorOutcome> ConsumeAsync(BucketListing listing, ConsumeRequest? request = null)
    {
        var consumer = new Consumer(Bucket, Store(FarPath), new ConsumerKeys([Identity], [Signing.VerifyingKey]), Settings())
        { Random = new Random(1), Redact = Redact };
        return await consumer.ConsumeAsync(request ?? ConsumeRequest(), listing, Meter(), CancellationToken.None);
    }

    /// <summary>
    /// Produces, asks the real age and git what they think of what was written, and consumes; asserts that all went well.
    /// </summary>
    public async Task<(MirrorOutcome Produced, MirrorOutcome Consumed)> CarryAsync(params string[] refs)
    {
        var known = await Bucket.TryStatAsync(HeadKey, CancellationToken.None) is null ? [] : (await HeadAsync()).State.Chain;
        var produced = await ProduceAsync(ProduceRequest(refs));
        AssertGood(produced);
        foreach (var entry in (await HeadAsync()).State.Chain.Where(entry => !known.Contains(entry)))
        {
            await new BundleProof(this).ProveAsync(entry);
        }
        var consumed = await ConsumeAsync();
        AssertGood(consumed);
        return (produced, consumed);
    }

    /// <summary>
    /// Asserts that the consumer, for this reason or one of several with a bar between them, does nothing whatever to the target.
    /// </summary>
    public async Task<MirrorOutcome> AssertRefusedAsync(string reason, string context = "")
    {
        var before = await Target.RefsAsync();
        var outcome = await ConsumeAsync();
        Assert.True(outcome.Kind == OutcomeKind.Failed && reason.Split('|').Contains(outcome.Error!.Reason.Word),
            $"{context}: {outcome.Kind}: {outcome.Error?.Reason.Word}: {outcome.Error?.Message}");
        Assert.True(before.SequenceEqual(await Target.RefsAsync()), $"{context}: a ref has moved");
        Assert.True(outcome.Changes.Count == 0, context);
        return outcome;
    }

    public Task AssertEqualAsync() => Remotes.AssertEqualAsync(Source, Target);

    /// <summary>Puts back what was tampered with, and asserts that the next run is none the worse for it.</summary>
    public async Task AssertHealsAsync(string key, byte[] honest)
    {
        await WriteAsync(key, honest);
        Assert.Equal(OutcomeKind.Updated, (await ConsumeAsync()).Kind);
        await AssertEqualAsync();
    }

    public static void AssertGood(MirrorOutcome outcome) =>
        Assert.True(outcome.IsGood, $"{outcome.Kind}: {outcome.Error?.Reason.Word}: {outcome.Error?.Message}");

    /// <summary>The head as the consumer sees it.</summary>
    public async Task<MirrorHead> HeadAsync()
    {
        await using var reader = await Bucket.OpenReadAsync(HeadKey, offset: 0, CancellationToken.None);
        return await SealedHead.OpenAsync(reader, (int)reader.Stored.Size, new ConsumerKeys([Identity], [Signing.VerifyingKey]),
            CancellationToken.None);
    }

    public async Task PutHeadAsync(MirrorHead head, SigningKey? signing = null) =>
        await WriteAsync(ObjectKey.OfHead(head.Mirror),
            await HeadText.SealAsync(head, signing ?? Signing, [Identity.Recipient], CancellationToken.None));

    public async Task<byte[]> ReadAsync(string key) => (await Bucket.ReadAsync(key, 1 << 24, CancellationToken.None)).Bytes.ToArray();

    public Task WriteAsync(string key, ReadOnlyMemory<byte> bytes) =>
        Bucket.PutAsync(key, bytes, WriteCondition.None, CancellationToken.None);

    public async Task DeleteAsync(string key) => Assert.True(await Bucket.DeleteAsync(key, CancellationToken.None));

    /// <summary>The objects of the bucket.</summary>
    public async Task<IReadOnlyList<StoredObject>> ObjectsAsync()
    {
        var objects = new List<StoredObject>();
        await foreach (var found in Bucket.ListAsync("", CancellationToken.None))
        {
            objects.Add(found);
        }
        return objects;
    }

    public RemoteSettings Settings() => new() { Http = Remotes.Settings.Http, Time = RemoteTime ?? Time, SshCommand = Ssh ?? "ssh" };

    private TransferMeter Meter() => new() { Note = Notes.Add };
}
