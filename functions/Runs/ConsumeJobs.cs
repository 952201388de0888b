using Mirror.Mirroring;
using Mirror.Storage;

namespace Mirror.Functions.Runs;

/// <summary>The far side of a partition, opened for a run: the bucket and its
/// listing, the keys, the ledgers, and what is listed or accepted.</summary>
internal sealed class ConsumeJobs(Consumer consumer, MirrorConfiguration configuration, BucketListing listing)
{
    /// <summary>The job of one mirror, which opens this side for it when it is run;
    /// null where the name is neither listed nor accepted.</summary>
    public static MirrorJob? Find(Composition composition, string mirror) =>
        RequestOf(composition.Configuration!, mirror) is not { } request ? null
        : new MirrorJob(mirror, [request.Target.Host], async (meter, token) =>
        {
            var side = await OpenAsync(composition, bucket => BucketListing.ReadOfAsync(bucket, mirror, token), token);
            return await side.Job(request).RunAsync(meter, token);
        });

    /// <summary>Lists the bucket once for the whole run.</summary>
    public static Task<ConsumeJobs> OpenAsync(Composition composition, CancellationToken cancellation) =>
        OpenAsync(composition, bucket => BucketListing.ReadAsync(bucket, cancellation), cancellation);

    private static async Task<ConsumeJobs> OpenAsync(Composition composition, Func<ObjectStore, Task<BucketListing>> list,
        CancellationToken cancellation)
    {
        var bucket = composition.OpenBucket();
        var consumer = new Consumer(bucket, composition.OpenState(), await composition.Keys.ConsumerAsync(cancellation),
            composition.Remotes)
        { Redact = composition.Secrets.Redact };
        return new ConsumeJobs(consumer, composition.Configuration!, await list(bucket));
    }

    /// <summary>Whether there may be nothing to do yet: of what is accepted, nothing need have come.</summary>
    public bool MayBeIdle => configuration.Accept.Count > 0;

    /// <summary>What is listed, and what is accepted by name. Where a push goes is said by the configuration alone.</summary>
    public IEnumerable<ConsumeRequest> Requests =>
    [
        .. configuration.Mirrors.Select(Request),
        .. AcceptedMirror.In(listing, configuration).Where(accepted => configuration.Find(accepted.Name) is null)
            .Select(accepted => Request(accepted, configuration.Defaults)),
    ];

    public MirrorJob Job(ConsumeRequest request) =>
        new(request.Mirror, [request.Target.Host], (meter, token) => consumer.ConsumeAsync(request, listing, meter, token))
        {
            Ping = configuration.PingOf(request.Mirror),
        };

    private static ConsumeRequest? RequestOf(MirrorConfiguration configuration, string mirror) =>
        configuration.Find(mirror) is { } listed ? Request(listed)
        : AcceptedMirror.Find(configuration, mirror) is { } accepted ? Request(accepted, configuration.Defaults)
        : null;

    private static ConsumeRequest Request(ConfiguredMirror mirror) =>
        new(mirror.Name, mirror.Destination)
        { Refs = mirror.OwnRefs, Prune = mirror.Prune, Diverged = mirror.Diverged, Expired = mirror.Expired };

    private static ConsumeRequest Request(AcceptedMirror mirror, MirrorDefaults defaults) =>
        new(mirror.Name, mirror.Target)
        {
            Refs = defaults.OwnRefs,
            Prune = defaults.Prune,
            Diverged = defaults.Diverged,
            Expired = defaults.Expired,
            IsAccepted = true,
        };
}
