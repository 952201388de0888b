using Mirror.Mirroring;
using Mirror.Storage;

namespace Mirror.Functions.Runs;

/// <summary>The near side of a partition, opened for a run: the bucket and its listing,
/// the keys, the ledgers, and what the configuration asks for.</summary>
internal sealed class ProduceJobs(Producer producer, MirrorConfiguration configuration, BucketListing listing)
{
    /// <summary>The job of one mirror, which opens this side for it when it is run; null where none of that name is listed.</summary>
    public static MirrorJob? Find(Composition composition, string mirror) =>
        composition.Configuration!.Find(mirror) is not { } listed ? null
        : new MirrorJob(mirror, [listed.Source.Host], async (meter, token) =>
        {
            var side = await OpenAsync(composition, bucket => BucketListing.ReadOfAsync(bucket, mirror, token), token);
            return await side.Job(Request(listed)).RunAsync(meter, token);
        });

    /// <summary>Lists the bucket once for the whole run.</summary>
    public static Task<ProduceJobs> OpenAsync(Composition composition, CancellationToken cancellation) =>
        OpenAsync(composition, bucket => BucketListing.ReadAsync(bucket, cancellation), cancellation);

    private static async Task<ProduceJobs> OpenAsync(Composition composition, Func<ObjectStore, Task<BucketListing>> list,
        CancellationToken cancellation)
    {
        var bucket = composition.OpenBucket();
        var producer = new Producer(bucket, composition.OpenState(), await composition.Keys.ProducerAsync(cancellation),
            composition.Remotes)
        { Redact = composition.Secrets.Redact };
        return new ProduceJobs(producer, composition.Configuration!, await list(bucket));
    }

    public IEnumerable<ProduceRequest> Requests => configuration.Mirrors.Select(Request);

    public MirrorJob Job(ProduceRequest request) =>
        new(request.Mirror, [request.Source.Host], (meter, token) => producer.ProduceAsync(request, listing, meter, token))
        {
            Ping = configuration.PingOf(request.Mirror),
        };

    private static ProduceRequest Request(ConfiguredMirror mirror) => new(mirror.Name, mirror.Source) { Refs = mirror.Refs };
}
