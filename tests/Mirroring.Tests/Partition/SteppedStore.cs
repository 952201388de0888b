using System.Globalization;
using System.Runtime.CompilerServices;
using Mirror.Storage;
using Mirror.Storage.Drivers;
using Mirror.Storage.Leases;

namespace Mirror.Mirroring.Tests.Partition;

/// <summary>What is in a store that is held in memory; several drivers may share it.</summary>
internal sealed class StoreContent
{
    private long _writes;

    public SortedList<string, (byte[] Bytes, StoredObject Object)> Objects { get; } = new(StringComparer.Ordinal);

    public StoredObject? TryPut(string key, byte[] bytes, WriteCondition condition, DateTimeOffset now)
    {
        if (!condition.Allows(Objects.TryGetValue(key, out var current) ? current.Object : null))
        {
            return null;
        }
        var stored = new StoredObject(key, bytes.Length, (++_writes).ToString(CultureInfo.InvariantCulture), now);
        Objects[key] = (bytes, stored);
        return stored;
    }
}

/// <summary>
/// A store in memory for one actor, who waits before each action until it is told to go on. A listing is no single action: it sees what is
/// there when it comes to each key, as a directory's and a cloud's do.
/// </summary>
internal sealed class SteppedStore(StoreContent content, TimeProvider time) : IStoreDriver
{
    public string Name => "memory";

    /// <summary>Null for one who never waits.</summary>
    public Gate? Gate { get; set; }

    /// <summary>How many writes of ledgers are still to fail.</summary>
    public int FailingLedgerPuts { get; set; }

    /// <summary>Done before each write of a ledger, which then heeds the token; null for nothing.</summary>
    public Func<CancellationToken, Task>? BeforeLedgerPut { get; set; }

    /// <summary>Done when a turn ends, before its lease is given back; null for nothing.</summary>
    public Func<Task>? BeforeTurnEnds { get; set; }

    public async Task<StoredObject?> TryStatAsync(string key, CancellationToken cancellation)
    {
        await StepAsync();
        return content.Objects.TryGetValue(key, out var found) ? found.Object : null;
    }

    public async IAsyncEnumerable<StoredObject> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var last = "";
        while (true)
        {
            await StepAsync();
            var next = content.Objects.Keys.FirstOrDefault(key => string.CompareOrdinal(key, last) > 0
                && key.StartsWith(prefix, StringComparison.Ordinal) && !key.StartsWith(StoreKey.Own, StringComparison.Ordinal));
            if (next is null)
            {
                yield break;
            }
            yield return content.Objects[last = next].Object;
        }
    }

    public async Task<OpenedObject?> TryOpenReadAsync(string key, long offset, long? size, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        await StepAsync();
        return content.Objects.TryGetValue(key, out var found)
            ? new OpenedObject(found.Object, new MemoryStream(found.Bytes, writable: false) { Position = offset })
            : null;
    }

    public async Task<IUpload> CreateAsync(string key, WriteCondition condition, CancellationToken cancellation)
    {
        await StepAsync();
        return new Upload(this, key, condition);
    }

    public async Task<string?> TryPutAsync(string key, ReadOnlyMemory<byte> bytes, WriteCondition condition, CancellationToken cancellation)
    {
        await StepAsync();
        var isLedger = key.EndsWith(".produced.json", StringComparison.Ordinal);
        if (isLedger && BeforeLedgerPut is not null)
        {
            await BeforeLedgerPut(cancellation);
            cancellation.ThrowIfCancellationRequested();
        }
        if (bytes.IsEmpty && BeforeTurnEnds is not null)
        {
            await BeforeTurnEnds();
        }
        if (isLedger && FailingLedgerPuts > 0)
        {
            FailingLedgerPuts--;
            throw new IOException("no answer");
        }
        return content.TryPut(key, bytes.ToArray(), condition, time.GetUtcNow())?.ETag;
    }

    public async Task<bool> DeleteAsync(string key, CancellationToken cancellation)
    {
        await StepAsync();
        return content.Objects.Remove(key);
    }

    public Task<ILeaseHold?> TryLeaseAsync(string key, TimeSpan duration, CancellationToken cancellation) =>
        new LeaseObjects(this, time).TryTakeAsync(key, duration, cancellation);

    public (StorageFailure Failure, string Message)? Explain(Exception exception, StoreAction action) =>
        exception is IOException ? (StorageFailure.Unavailable, exception.Message) : null;

    private Task StepAsync() => Gate?.PassAsync() ?? Task.CompletedTask;

    private sealed class Upload(SteppedStore store, string key, WriteCondition condition) : IUpload
    {
        private readonly MemoryStream _bytes = new();

        public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation) => _bytes.WriteAsync(bytes, cancellation);

        public async Task<StoredObject?> TryCompleteAsync(CancellationToken cancellation)
        {
            await store.StepAsync();
            return store.Content.TryPut(key, _bytes.ToArray(), condition, store.Time.GetUtcNow());
        }

        public ValueTask DisposeAsync() => _bytes.DisposeAsync();
    }

    private StoreContent Content => content;

    private TimeProvider Time => time;
}
