using Mirror.Git;
using Mirror.Storage;

namespace Mirror.Mirroring;

/// <summary>The near side of a partition: writes a source's changes into the bucket,
/// and a signed head that describes the chain.</summary>
public sealed class Producer(ObjectStore bucket, ObjectStore state, ProducerKeys keys, RemoteSettings settings)
{
    public ChainPolicy Policy { get; init; } = ChainPolicy.Default;

    public Random Random { get; init; } = Random.Shared;

    /// <summary>Redacts secrets in text for the ledgers, with <see cref="SecretReader"/> if there is one.</summary>
    public Func<string, string> Redact { get; init; } = text => text;

    /// <summary>When the configuration with the mirrors was read. A mirror that was retired later is not started again.</summary>
    public DateTimeOffset ConfiguredAt { get; init; } = DateTimeOffset.MaxValue;

    /// <summary>The largest head that consumers read. Tests set a smaller one.</summary>
    internal int MaxHeadSize { get; init; } = SealedHead.MaxSize;

    internal ObjectStore Bucket => bucket;

    internal ObjectStore State => state;

    internal LedgerStore Ledgers { get; } = new(state);

    internal ProducerKeys Keys => keys;

    internal RemoteSettings Settings => settings;

    internal TimeProvider Time => settings.Time;

    internal DateTimeOffset Now => settings.Time.GetUtcNow();

    /// <summary>Produces one mirror. Every failure of remotes and stores is an outcome;
    /// only cancellation and bugs are exceptions.</summary>
    /// <param name="listing">The bucket, listed once for a whole run.</param>
    public async Task<MirrorOutcome> ProduceAsync(ProduceRequest request, BucketListing listing, TransferMeter meter,
        CancellationToken cancellation)
    {
        var started = settings.Time.GetTimestamp();
        var outcome = await new ProduceRun(request, this, listing, meter).RunAsync(cancellation);
        return outcome with { Elapsed = settings.Time.GetElapsedTime(started) };
    }
}
