using Mirror.Mirroring;
using Mirror.Storage;

namespace Mirror.Functions.Sides;

/// <summary>The far side of a partition, opened for a run: the bucket and its listing, the keys, the ledgers, and what is listed or accepted.</summary>
internal sealed class FarSide(Consumer consumer, MirrorConfiguration configuration, BucketListing listing)
{
    private readonly Func<string, PingUrl?> _pings = configuration.Pings();

    /// <summary>Lists the bucket once for the whole run.</summary>
    public static Task<FarSide> OpenAsync(Workplace workplace, CancellationToken cancellation) =>
        OpenAsync(workplace, bucket => BucketListing.ReadAsync(bucket, cancellation), cancellation);

    /// <summary>Lists what the bucket has of one mirror.</summary>
    public static Task<FarSide> OpenForAsync(Workplace workplace, string mirror, CancellationToken cancellation) =>
        OpenAsync(workplace, bucket => BucketListing.ReadOfAsync(bucket, mirror, cancellation), cancellation);

    private static async Task<FarSide> OpenAsync(Workplace workplace, Func<ObjectStore, Task<BucketListing>> list, CancellationToken cancellation)
    {
        var bucket = workplace.OpenBucket();
        var consumer = new Consumer(bucket, workplace.OpenState(), await workplace.Keys.ConsumerAsync(cancellation), workplace.Remotes) { Redact = Workplace.Secrets.Redact };
        return new FarSide(consumer, workplace.Configuration!, await list(bucket));
    }

    /// <summary>Whether there may be nothing to do yet: of what is accepted, nothing need have come.</summary>
    public bool MayBeIdle => configuration.Accept.Count > 0;

    /// <summary>What is listed, and what is accepted by name. Where a push goes is said by the configuration alone.</summary>
    public IEnumerable<ConsumeRequest> Requests =>
    [
        .. configuration.Mirrors.Select(mirror => new ConsumeRequest(mirror.Name, mirror.Destination) { Prune = mirror.Prune, Diverged = mirror.Diverged }),
        .. AcceptedMirror.In(listing, configuration).ExceptBy(configuration.Mirrors.Select(mirror => mirror.Name), accepted => accepted.Name)
            .Select(accepted => new ConsumeRequest(accepted.Name, accepted.Target)
            {
                Prune = configuration.Defaults.Prune,
                Diverged = configuration.Defaults.Diverged,
                IsAccepted = true,
            }),
    ];

    public MirrorJob Job(ConsumeRequest request) =>
        new(request.Mirror, [request.Target.Host], (meter, token) => consumer.ConsumeAsync(request, listing, meter, token))
        {
            Ping = request.DryRun ? null : _pings(request.Mirror),
        };
}
