using Mirror.Git;
using Mirror.Storage;

namespace Mirror.Mirroring;

/// <summary>The near side of a partition: writes what is new at a source into the
/// bucket, and a signed head that says what the chain is.</summary>
public sealed class Producer(ObjectStore bucket, ObjectStore state, ProducerKeys keys, RemoteSettings settings)
{
    public ChainPolicy Policy { get; init; } = ChainPolicy.Default;

    public Random Random { get; init; } = Random.Shared;

    /// <summary>Takes secrets out of what is kept in the ledgers; those of <see cref="SecretReader"/>, where there are any.</summary>
    public Func<string, string> Redact { get; init; } = text => text;

    /// <summary>When the configuration that lists the mirrors was read: what was retired later is not begun anew.</summary>
    public DateTimeOffset ConfiguredAt { get; init; } = DateTimeOffset.MaxValue;

    /// <summary>The largest head that consumers read; smaller in tests.</summary>
    internal int MaxHeadSize { get; init; } = SealedHead.MaxSize;

    internal ObjectStore Bucket => bucket;

    internal ObjectStore State => state;

    internal LedgerStore Ledgers { get; } = new(state);

    internal ProducerKeys Keys => keys;

    internal RemoteSettings Settings => settings;

    internal TimeProvider Time => settings.Time;

    internal DateTimeOffset Now => settings.Time.GetUtcNow();

    /// <summary>Produces one mirror. Whatever remotes and stores do is an outcome;
    /// only cancellation and our own faults are exceptions.</summary>
    /// <param name="listing">The bucket, listed once for a whole run.</param>
    public async Task<MirrorOutcome> ProduceAsync(ProduceRequest request, BucketListing listing, TransferMeter meter,
        CancellationToken cancellation)
    {
        var started = settings.Time.GetTimestamp();
        var outcome = await new ProduceRun(request, this, listing, meter).RunAsync(cancellation);
        return outcome with { Elapsed = settings.Time.GetElapsedTime(started) };
    }
}
