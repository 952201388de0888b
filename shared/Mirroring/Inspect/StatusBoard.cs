using System.Collections.Concurrent;
using Mirror.Storage;

namespace Mirror.Mirroring;

/// <summary>What is remembered of one mirror: its ledgers, and what became of its runs.</summary>
public sealed record RememberedMirror(MirrorStatus Status, IReadOnlyList<RunRecord> Records);

/// <summary>
/// The ledgers and records of many mirrors for somebody who looks again and again: kept in memory by their ETags, so that only what one
/// listing shows to have changed is read anew. The refs in them are not kept. For one caller at a time.
/// </summary>
/// <param name="bucket">What mirrors may be behind of; null on a side that is not behind of a bucket.</param>
public sealed class StatusBoard(ObjectStore state, ObjectStore? bucket)
{
    // Objects read at once: small ones, and what else runs here wants to be answered too.
    private const int Parallel = 16;

    private readonly LedgerStore _ledgers = new(state);
    private ConcurrentDictionary<string, (string ETag, object? Value)> _kept = new(StringComparer.Ordinal);

    // As it was when it could be listed last.
    private BucketListing? _listing;

    /// <summary>Why the bucket could not be listed the last time, so that what it had before stands; null where it could. The ledgers and
    /// records say how the mirrors are all the same.</summary>
    public string? Trouble { get; private set; }

    /// <summary>How many objects were read the last time: those that had changed.</summary>
    public int ReadCount { get; private set; }

    /// <param name="select">Of which mirrors, where the bucket's listing may have a word in it.</param>
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

    /// <summary>Without what is most of a ledger, and not for showing.</summary>
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

    /// <summary>One look: what is there, what of it is known from the last look, and what will be known at the next.</summary>
    private sealed class Look(Dictionary<string, string> etags, ConcurrentDictionary<string, (string ETag, object? Value)> before)
    {
        private int _readCount;

        public int ReadCount => _readCount;

        public ConcurrentDictionary<string, (string ETag, object? Value)> Kept { get; } = new(StringComparer.Ordinal);

        /// <summary>By the listing's ETag: where an object changed between the listing
        /// and the reading, the next listing shows another one.</summary>
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
