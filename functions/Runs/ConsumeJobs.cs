using Mirror.Mirroring;
using Mirror.Storage;

namespace Mirror.Functions.Runs;

/// <summary>The far side of a partition, opened for a run:
/// the bucket and its listing, the keys, the ledgers, and the listed and accepted mirrors.</summary>
internal sealed class ConsumeJobs
{
    private readonly Composition _composition;
    private readonly Opening<Far> _far;
    private readonly IEnumerable<AcceptedMirror> _accepted;
    private readonly FailureMemory _memory;

    private ConsumeJobs(Composition composition, Opening<Far> far, IEnumerable<AcceptedMirror> accepted)
    {
        (_composition, _far, _accepted) = (composition, far, accepted);
        _memory = new FailureMemory(composition.OpenState(), composition.Remotes.Time, composition.Secrets.Redact);
    }

    /// <summary>The job of one mirror, which opens this side when it runs; null if the name is neither listed nor accepted.</summary>
    public static MirrorJob? Find(Composition composition, string mirror) =>
        RequestOf(composition.Configuration!, mirror) is not { } request ? null
        : composition.Plan(mirror, request.Target.Host) with
        {
            RunAsync = async (meter, token) =>
            {
                var far = await OpenAsync(composition, bucket => BucketListing.ReadOfAsync(bucket, mirror, token), token);
                return await far.Consumer.ConsumeAsync(request, far.Listing, meter, token);
            },
        };

    /// <summary>Lists the bucket once for the whole run.
    /// If it cannot be listed, or the keys cannot be read, that is the outcome of each mirror.</summary>
    public static async Task<ConsumeJobs> OpenAsync(Composition composition, CancellationToken cancellation)
    {
        var far = await Opening<Far>.TryAsync(() =>
            OpenAsync(composition, bucket => BucketListing.ReadAsync(bucket, cancellation), cancellation));
        var accepted = far.Value is { } opened
            ? await AcceptedMirror.KnownAsync(opened.Listing, composition.Configuration!, composition.OpenState(), cancellation)
            : await RememberedAsync(composition, cancellation);
        var side = new ConsumeJobs(composition, far, accepted);
        if (!side.Requests.Any())
        {
            far.ThrowIfFailed();
        }
        return side;
    }

    private static async Task<Far> OpenAsync(Composition composition, Func<ObjectStore, Task<BucketListing>> list,
        CancellationToken cancellation)
    {
        var (bucket, state) = (composition.OpenBucket(), composition.OpenState());
        var consumer = new Consumer(bucket, state, await composition.Keys.ConsumerAsync(cancellation), composition.Remotes)
        { Redact = composition.Secrets.Redact };
        return new Far(consumer, await list(bucket));
    }

    /// <summary>The accepted mirrors with a ledger. Without a listing, the bucket's content is not known.</summary>
    private static async Task<IReadOnlyList<AcceptedMirror>> RememberedAsync(Composition composition, CancellationToken cancellation)
    {
        try
        {
            return await AcceptedMirror.KnownAsync(listing: null, composition.Configuration!, composition.OpenState(), cancellation);
        }
        catch (StorageException)
        {
            // Neither store answers. The failure of the bucket is reported for the listed mirrors.
            return [];
        }
    }

    /// <summary>Whether the run may have no mirrors: accepted mirrors may not exist yet.</summary>
    public bool MayBeIdle => _composition.Configuration!.Accept.Count > 0;

    /// <summary>The listed and accepted mirrors. Only the configuration decides where a push goes.</summary>
    public IEnumerable<ConsumeRequest> Requests =>
    [
        .. _composition.Configuration!.Mirrors.Select(Request),
        .. _accepted.Where(accepted => _composition.Configuration.Find(accepted.Name) is null)
            .Select(accepted => Request(accepted, _composition.Configuration.Defaults)),
    ];

    public MirrorJob Job(ConsumeRequest request) => _far.Job(
        _composition.Plan(request.Mirror, request.Target.Host) with
        {
            RememberAsync = request.DryRun ? Task.FromResult : request.IsAccepted ? _memory.ConsumedAcceptedAsync : _memory.ConsumedAsync,
        },
        (far, meter, token) => far.Consumer.ConsumeAsync(request, far.Listing, meter, token));

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

    private sealed record Far(Consumer Consumer, BucketListing Listing);
}
