using Mirror.Mirroring;
using Mirror.Storage;

namespace Mirror.Functions.Sides;

/// <summary>The near side of a partition, opened for a run: the bucket and its listing, the keys, the ledgers, and what the configuration asks for.</summary>
internal sealed class NearSide(Producer producer, MirrorConfiguration configuration, BucketListing listing)
{
    private readonly Func<string, PingUrl?> _pings = configuration.Pings();

    /// <summary>Lists the bucket once for the whole run.</summary>
    public static Task<NearSide> OpenAsync(Workplace workplace, CancellationToken cancellation) =>
        OpenAsync(workplace, bucket => BucketListing.ReadAsync(bucket, cancellation), cancellation);

    /// <summary>Lists what the bucket has of one mirror.</summary>
    public static Task<NearSide> OpenForAsync(Workplace workplace, string mirror, CancellationToken cancellation) =>
        OpenAsync(workplace, bucket => BucketListing.ReadOfAsync(bucket, mirror, cancellation), cancellation);

    private static async Task<NearSide> OpenAsync(Workplace workplace, Func<ObjectStore, Task<BucketListing>> list, CancellationToken cancellation)
    {
        var bucket = workplace.OpenBucket();
        var producer = new Producer(bucket, workplace.OpenState(), await workplace.Keys.ProducerAsync(cancellation), workplace.Remotes) { Redact = Workplace.Secrets.Redact };
        return new NearSide(producer, workplace.Configuration!, await list(bucket));
    }

    public IEnumerable<ProduceRequest> Requests =>
        configuration.Mirrors.Select(mirror => new ProduceRequest(mirror.Name, mirror.Source) { Refs = mirror.Refs });

    public MirrorJob Job(ProduceRequest request) =>
        new(request.Mirror, [request.Source.Host], (meter, token) => producer.ProduceAsync(request, listing, meter, token))
        {
            Ping = request.DryRun ? null : _pings(request.Mirror),
        };
}
