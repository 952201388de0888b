using Mirror.Mirroring;
using Mirror.Storage;

namespace Mirror.Functions.Runs;

/// <summary>The near side of a partition, opened for a run:
/// the bucket and its listing, the keys, the ledgers, and the configured mirrors.</summary>
internal sealed class ProduceJobs
{
    private readonly Composition _composition;
    private readonly Opening<Near> _near;
    private readonly FailureMemory _memory;

    private ProduceJobs(Composition composition, Opening<Near> near)
    {
        (_composition, _near) = (composition, near);
        _memory = new FailureMemory(composition.OpenState(), composition.Remotes.Time, composition.Secrets.Redact);
    }

    /// <summary>The job of one mirror, which opens this side when it runs; null if the name is not listed.</summary>
    public static MirrorJob? Find(Composition composition, string mirror) =>
        composition.Configuration!.Find(mirror) is not { } listed ? null
        : composition.Plan(mirror, listed.Source.Host) with
        {
            RunAsync = async (meter, token) =>
            {
                var near = await OpenAsync(composition, bucket => BucketListing.ReadOfAsync(bucket, mirror, token), token);
                return await near.Producer.ProduceAsync(Request(listed), near.Listing, meter, token);
            },
        };

    /// <summary>Lists the bucket once for the whole run.
    /// If it cannot be listed, or the keys cannot be read, that is the outcome of each mirror.</summary>
    public static async Task<ProduceJobs> OpenAsync(Composition composition, CancellationToken cancellation) => new(
        composition,
        await Opening<Near>.TryAsync(() =>
            OpenAsync(composition, bucket => BucketListing.ReadAsync(bucket, cancellation), cancellation)));

    private static async Task<Near> OpenAsync(Composition composition, Func<ObjectStore, Task<BucketListing>> list,
        CancellationToken cancellation)
    {
        var (bucket, state) = (composition.OpenBucket(), composition.OpenState());
        var producer = new Producer(bucket, state, await composition.Keys.ProducerAsync(cancellation), composition.Remotes)
        { Redact = composition.Secrets.Redact, ConfiguredAt = composition.ReadAt };
        return new Near(producer, await list(bucket));
    }

    public IEnumerable<ProduceRequest> Requests => _composition.Configuration!.Mirrors.Select(Request);

    public MirrorJob Job(ProduceRequest request) => _near.Job(
        _composition.Plan(request.Mirror, request.Source.Host) with
        {
            RememberAsync = request.DryRun ? Task.FromResult : _memory.ProducedAsync,
        },
        (near, meter, token) => near.Producer.ProduceAsync(request, near.Listing, meter, token));

    private static ProduceRequest Request(ConfiguredMirror mirror) => new(mirror.Name, mirror.Source) { Refs = mirror.Refs };

    private sealed record Near(Producer Producer, BucketListing Listing);
}
