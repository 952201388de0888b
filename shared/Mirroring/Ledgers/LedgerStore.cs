using System.Buffers;
using Mirror.Storage;

namespace Mirror.Mirroring;

/// <summary>A ledger as it was read, and the ETag to replace it. The value is null if there is none, or none that can be read.</summary>
internal readonly record struct StoredLedger<T>(T? Value, string? ETag, string? Fault = null)
    where T : class;

/// <summary>Reads and changes ledgers. Each change fails if the ledger was changed by another worker.</summary>
internal sealed class LedgerStore(ObjectStore store)
{
    /// <summary>
    /// The limit of a ledger. A producer's ledger has the refs of its head, indented once more, and may name each commit a second time:
    /// about 50 bytes for a ref that takes at least 58 in the head.
    /// So if the head can be read, the ledger can be read too; 1 MiB is for the rest.
    /// </summary>
    internal const int MaxSize = (2 * SealedHead.MaxSize) + (1024 * 1024);

    // After a holder was killed, the next run waits for this long.
    private static readonly TimeSpan LeaseDuration = TimeSpan.FromSeconds(15);

    /// <summary>Long enough to outlast a killed holder. If the holder still works after this time, the run gives up.</summary>
    private static readonly TimeSpan LeasePatience = TimeSpan.FromSeconds(25);

    public Task<StoredLedger<ProducerLedger>> ReadProducerAsync(string mirror, CancellationToken cancellation) =>
        ReadAsync(ProducerLedger.Key(mirror), fields => Checked(ProducerLedger.Read(fields), ledger => ledger.Mirror, mirror),
            cancellation);

    public Task<StoredLedger<ConsumerLedger>> ReadConsumerAsync(string mirror, CancellationToken cancellation) =>
        ReadAsync(ConsumerLedger.Key(mirror), fields => Checked(ConsumerLedger.Read(fields), ledger => ledger.Mirror, mirror),
            cancellation);

    public async Task<StoredLedger<ProducerLedger>> WriteAsync(ProducerLedger ledger, string? etag, CancellationToken cancellation) =>
        new(ledger, await store.PutContentAsync(ProducerLedger.Key(ledger.Mirror), ledger.ToContent(), Unchanged(etag), cancellation));

    public async Task<StoredLedger<ConsumerLedger>> WriteAsync(ConsumerLedger ledger, string? etag, CancellationToken cancellation) =>
        new(ledger, await store.PutAsync(ConsumerLedger.Key(ledger.Mirror), ledger.ToJson(), Unchanged(etag), cancellation));

    public RunLedger<ProducerLedger> OfProducer(string mirror) => new(this, ProducerLedger.Key(mirror), mirror)
    {
        Read = token => ReadProducerAsync(mirror, token),
        Write = WriteAsync,
    };

    public RunLedger<ConsumerLedger> OfConsumer(string mirror) => new(this, ConsumerLedger.Key(mirror), mirror)
    {
        Read = token => ReadConsumerAsync(mirror, token),
        Write = WriteAsync,
    };

    /// <summary>Does work in a mirror's turn, as the only worker.
    /// <see cref="BusyException"/> if another worker holds the turn for too long.</summary>
    public async Task<T> TakeTurnAsync<T>(string key, string mirror, Func<CancellationToken, Task<T>> work, CancellationToken cancellation)
    {
        await using var lease = await store.LeaseAsync(key, LeaseDuration, LeasePatience, cancellation)
            ?? throw new BusyException($"another run has been at work on {mirror} for {LeasePatience.TotalSeconds:0} s and still is");
        return await WorkAsync(lease, mirror, work, cancellation);
    }

    /// <summary>As above, but null if another worker holds the turn, for work that can be skipped.</summary>
    public async Task<T?> TryTakeTurnAsync<T>(
        string key, string mirror, Func<CancellationToken, Task<T?>> work, CancellationToken cancellation)
        where T : class
    {
        await using var lease = await TryLeaseAsync(key, cancellation);
        return lease is null ? null : await WorkAsync(lease, mirror, work, cancellation);
    }

    private static async Task<T> WorkAsync<T>(
        Lease lease, string mirror, Func<CancellationToken, Task<T>> work, CancellationToken cancellation)
    {
        using var turn = CancellationTokenSource.CreateLinkedTokenSource(cancellation, lease.Lost);
        try
        {
            return await work(turn.Token);
        }
        catch (OperationCanceledException) when (lease.Lost.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            throw new BusyException($"the lease on {mirror} was lost while working on it: the store did not answer in time")
            {
                HasBegun = true,
            };
        }
    }

    /// <summary>The ETag of a ledger; null if there is none.</summary>
    public async Task<string?> TryFindETagAsync(string key, CancellationToken cancellation) =>
        (await store.TryStatAsync(key, cancellation))?.ETag;

    /// <summary>A lease for short work that can be skipped.</summary>
    public Task<Lease?> TryLeaseAsync(string key, CancellationToken cancellation) => store.TryLeaseAsync(key, LeaseDuration, cancellation);

    private async Task<StoredLedger<T>> ReadAsync<T>(string key, Func<JsonFields, T> read, CancellationToken cancellation)
        where T : class
    {
        if (await store.TryReadAsync(key, MaxSize, cancellation) is not { } content)
        {
            return default;
        }
        try
        {
            return new StoredLedger<T>(JsonDocuments.ReadWithRefs(new ReadOnlySequence<byte>(content.Bytes), MaxSize, read), content.ETag);
        }
        catch (FormatException wrong)
        {
            return new StoredLedger<T>(null, content.ETag, $"{store.Name}: the ledger cannot be read and counts as lost: {wrong.Message}");
        }
    }

    private static WriteCondition Unchanged(string? etag) => etag is null ? WriteCondition.IfAbsent : WriteCondition.IfMatch(etag);

    private static T Checked<T>(T ledger, Func<T, string> name, string mirror) =>
        name(ledger) == mirror ? ledger : throw new FormatException($"it is that of '{name(ledger)}'");
}
