using System.Collections.Concurrent;
using Mirror.Storage;

namespace Mirror.Mirroring;

/// <summary>The stored data of one mirror: its ledgers and the records of its runs.</summary>
public sealed record RememberedMirror(MirrorStatus Status, IReadOnlyList<RunRecord> Records);

/// <summary>
/// The ledgers and records of many mirrors, for repeated looks. They are cached by ETag, so that only objects that changed according to a
/// listing are read again. Refs are not cached. Only for one caller at a time.
/// </summary>
/// <param name="bucket">The bucket that mirrors may be behind; null on a side without one.</param>
public sealed class StatusBoard(ObjectStore state, ObjectStore? bucket)
{
    // The number of parallel reads. The objects are small, and other work of the process needs connections too.
    private const int Parallel = 16;

    private readonly LedgerStore _ledgers = new(state);
    private ConcurrentDictionary<string, (string ETag, object? Value)> _kept = new(StringComparer.Ordinal);

    // The last successful listing.
    private BucketListing? _listing;

    /// <summary>Why the last listing of the bucket failed, so that an older one is used; null if it succeeded. Ledgers and records still
    /// show the state of the mirrors.</summary>
    public string? Trouble { get; private set; }

    /// <summary>How many objects the last look read: those that had changed.</summary>
    public int ReadCount { get; private set; }

    /// <param name="select">Selects the mirrors, if necessary by the bucket's listing.</param>
    public async Task<IReadOnlyList<RememberedMirror>> LookAsync(Func<BucketListing?, Task<IEnumerable<string>>> select,
        CancellationToken cancellation)
    {
        var listing = await ListAsync(cancellation);
        var etags = new Dictionary<string, string>(StringComparer.Ordinal);
        await foreach (var found in state.ListAsync("", cancellation))
        {
            etags[found.Key] = found.ETag;
        }
        var look = new Look(etags, _kept);
        string[] names = [.. (await select(listing)).Distinct(StringComparer.Ordinal)];
        var mirrors = new RememberedMirror[names.Length];
        var options = new ParallelOptions { MaxDegreeOfParallelism = Parallel, CancellationToken = cancellation };
        await System.Threading.Tasks.Parallel.ForAsync(0, names.Length, options,
            async (i, token) => mirrors[i] = await ReadAsync(names[i], look, listing, token));
        (_kept, ReadCount) = (look.Kept, look.ReadCount);
        return mirrors;
    }

    private async Task<BucketListing?> ListAsync(CancellationToken cancellation)
    {
        try
        {
            _listing = bucket is null ? null : await BucketListing.ReadAsync(bucket, cancellation);
            Trouble = null;
        }
        catch (StorageException unlisted)
        {
            Trouble = unlisted.Message;
        }
        return _listing;
    }

    private async Task<RememberedMirror> ReadAsync(string mirror, Look look, BucketListing? listing, CancellationToken cancellation)
    {
        var (produced, refCount) = await look.GetAsync(ProducerLedger.Key(mirror),
            async () => WithoutRefs(await _ledgers.ReadProducerAsync(mirror, cancellation)),
            failure => (Unread<ProducerLedger>(failure), 0));
        var consumed = await look.GetAsync(ConsumerLedger.Key(mirror), () => _ledgers.ReadConsumerAsync(mirror, cancellation),
            Unread<ConsumerLedger>);
        var records = new List<RunRecord>();
        foreach (var job in JobState.Jobs)
        {
            if (await look.GetAsync(RunRecord.Key(mirror, job), () => RunRecord.TryReadAsync(state, mirror, job, cancellation),
                _ => null) is { } record)
            {
                records.Add(record);
            }
        }
        return new RememberedMirror(MirrorStatus.Of(mirror, produced, consumed, listing) with { RefCount = refCount }, records);
    }

    private static StoredLedger<T> Unread<T>(StorageException failure)
        where T : class => new(null, null, failure.Message);

    /// <summary>Without refs, which are most of a ledger and are not shown.</summary>
    private static (StoredLedger<ProducerLedger> Ledger, int RefCount) WithoutRefs(StoredLedger<ProducerLedger> kept) =>
        kept.Value is not { } ledger ? (kept, 0) : (kept with
        {
            Value = ledger with
            {
                Haves = BundleHaves.None,
                State = ledger.State is not { } chain ? null : chain with
                {
                    Refs = [],
                    Chain = [.. chain.Chain.Select(entry => entry with { Key = "", Sha256 = "", HeaderSha256 = "", RefsDigest = "" })],
                },
            },
        }, ledger.State?.Refs.Count ?? 0);

    /// <summary>One look: the current ETags, the cache of the last look, and the cache for the next one.</summary>
    private sealed class Look(Dictionary<string, string> etags, ConcurrentDictionary<string, (string ETag, object? Value)> before)
    {
        private int _readCount;

        public int ReadCount => _readCount;

        public ConcurrentDictionary<string, (string ETag, object? Value)> Kept { get; } = new(StringComparer.Ordinal);

        /// <summary>Cached under the listing's ETag. If an object changes between the listing and the read,
        /// the next listing has another ETag.</summary>
        public async Task<T?> GetAsync<T>(string key, Func<Task<T>> read, Func<StorageException, T> unread)
        {
            if (!etags.TryGetValue(key, out var etag))
            {
                return default;
            }
            if (before.TryGetValue(key, out var known) && known.ETag == etag)
            {
                Kept[key] = known;
                return (T?)known.Value;
            }
            Interlocked.Increment(ref _readCount);
            try
            {
                var value = await read();
                Kept[key] = (etag, value);
                return value;
            }
            catch (StorageException failure)
            {
                return unread(failure);
            }
        }
    }
}
