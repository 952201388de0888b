using Mirror.Git;
using Mirror.Storage;

namespace Mirror.Mirroring;

/// <summary>The far side of a partition: brings targets in step with the bucket's signed heads.</summary>
public sealed class Consumer(ObjectStore bucket, ObjectStore state, ConsumerKeys keys, RemoteSettings settings)
{
    public Random Random { get; init; } = Random.Shared;

    /// <summary>Redacts secrets in text for the ledgers, with <see cref="SecretReader"/> if there is one.</summary>
    public Func<string, string> Redact { get; init; } = text => text;

    internal ObjectStore Bucket => bucket;

    internal LedgerStore Ledgers { get; } = new(state);

    internal ConsumerKeys Keys => keys;

    internal RemoteSettings Settings => settings;

    internal TimeProvider Time => settings.Time;

    internal DateTimeOffset Now => settings.Time.GetUtcNow();

    /// <summary>Consumes one mirror. Every failure of remotes and stores is an outcome;
    /// only cancellation and bugs are exceptions.</summary>
    /// <param name="listing">The bucket, listed once for a whole run.</param>
    public async Task<MirrorOutcome> ConsumeAsync(ConsumeRequest request, BucketListing listing, TransferMeter meter,
        CancellationToken cancellation)
    {
        var started = settings.Time.GetTimestamp();
        await using var run = new ConsumeRun(request, this, listing, meter);
        var outcome = await run.RunAsync(cancellation);
        return outcome with { Elapsed = settings.Time.GetElapsedTime(started) };
    }
}
