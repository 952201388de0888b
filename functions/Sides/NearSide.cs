using Mirror.Mirroring;

namespace Mirror.Functions.Sides;

/// <summary>The near side of a partition, opened for a run: the bucket and its listing, the keys, the ledgers, and what the configuration asks for.</summary>
internal sealed class NearSide(Producer producer, MirrorConfiguration configuration, BucketListing listing)
{
    /// <summary>Lists the bucket once for the whole run.</summary>
    public static async Task<NearSide> OpenAsync(Workplace workplace, CancellationToken cancellation)
    {
        var bucket = workplace.OpenBucket();
        var producer = new Producer(bucket, workplace.OpenState(), await workplace.Keys.ProducerAsync(cancellation), workplace.Remotes);
        return new NearSide(producer, workplace.Configuration!, await BucketListing.ReadAsync(bucket, cancellation));
    }

    public IEnumerable<ProduceRequest> Requests =>
        configuration.Mirrors.Select(mirror => new ProduceRequest(mirror.Name, mirror.Source) { Refs = mirror.Refs });

    public MirrorJob Job(ProduceRequest request) =>
        new(request.Mirror, [request.Source.Host], (meter, token) => producer.ProduceAsync(request, listing, meter, token));
}
