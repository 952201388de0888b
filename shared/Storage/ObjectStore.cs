using System.Runtime.CompilerServices;
using Mirror.Storage.Azure;
using Mirror.Storage.Directories;
using Mirror.Storage.Drivers;
using Mirror.Storage.S3;

namespace Mirror.Storage;

/// <summary>Objects under keys, in a directory or a cloud.
/// Many threads, and many processes on one location, can use it at once.</summary>
public sealed class ObjectStore
{
    /// <summary>The longest key, in bytes of UTF-8.</summary>
    public const int MaxKeySize = StoreKey.MaxSize;

    private readonly IStoreDriver _driver;
    private readonly TimeProvider _time;
    private readonly DriverErrors _errors;

    private ObjectStore(IStoreDriver driver, TimeProvider time)
    {
        _driver = driver;
        _time = time;
        _errors = new DriverErrors(driver);
    }

    /// <summary>The store's name in messages, which never holds a secret.</summary>
    public string Name => _driver.Name;

    /// <summary>Opens a store at a location, with the login of a configuration. No request is made and no login is read before the first
    /// action.</summary>
    public static ObjectStore Open(StoreLocation location, LoginValues login, TimeProvider time) =>
        new(location.Connect(login, time), time);

    /// <summary>Opens a store in a directory. The first write creates the directory; until then the store is empty.</summary>
    public static ObjectStore OpenDirectory(string path, TimeProvider time) => new(DirectoryKind.Connect(path, time), time);

    /// <summary>Opens a store in a container of Azure Blob Storage, which must exist.</summary>
    public static ObjectStore OpenAzure(AzureLocation location, AzureLogin login, TimeProvider time) =>
        new(new AzureDriver(location, login, time), time);

    /// <summary>Opens a store in a bucket, which must exist.</summary>
    public static ObjectStore OpenS3(S3Location location, S3Login login, TimeProvider time) =>
        new(new S3Driver(location, login, time), time);

    /// <summary>Opens a store over a given driver, for tests.</summary>
    internal static ObjectStore Over(IStoreDriver driver, TimeProvider time) => new(driver, time);

    public Task<StoredObject?> TryStatAsync(string key, CancellationToken cancellation) =>
        RunAsync(StoreAction.LookAt, key, () => _driver.TryStatAsync(key, cancellation));

    /// <summary>The objects whose keys begin with <paramref name="prefix"/>, which may end inside a name,
    /// in the order of their keys' bytes.</summary>
    public async IAsyncEnumerable<StoredObject> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellation)
    {
        Require(StoreKey.FaultOfPrefix(prefix), StoreAction.List, prefix);
        await using var objects = _driver.ListAsync(prefix, cancellation).GetAsyncEnumerator(cancellation);
        Func<Task<bool>> next = () => objects.MoveNextAsync().AsTask();
        while (await _errors.RunAsync(StoreAction.List, prefix, next))
        {
            yield return objects.Current;
        }
    }

    /// <summary>Reads an object from an offset to its end.</summary>
    public Task<ObjectReader> OpenReadAsync(string key, long offset, CancellationToken cancellation) =>
        OpenReadAsync(key, offset, size: null, cancellation);

    /// <summary>Reads a part of an object. The part is shorter than <paramref name="size"/> where the object ends first.</summary>
    public async Task<ObjectReader> OpenReadAsync(string key, long offset, long? size, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(size ?? 0, nameof(size));
        var opened = await RunAsync(StoreAction.Read, key, () => _driver.TryOpenReadAsync(key, offset, size, cancellation))
            ?? throw NotFound(key);
        if (opened.Object.Size >= offset)
        {
            return new ObjectReader(opened, Math.Min(size ?? long.MaxValue, opened.Object.Size - offset), _errors);
        }
        await opened.DisposeAsync();
        throw _errors.Failure(StorageFailure.Invalid, StoreAction.Read, key, $"offset {offset} is beyond its end at {opened.Object.Size}");
    }

    /// <summary>Reads a small object whole. More than <paramref name="maximumSize"/> bytes are
    /// <see cref="StorageFailure.Invalid"/>.</summary>
    public async Task<StoredContent> ReadAsync(string key, int maximumSize, CancellationToken cancellation) =>
        await TryReadAsync(key, maximumSize, cancellation) ?? throw NotFound(key);

    /// <summary>Reads a small object whole, or returns null if it does not exist.</summary>
    public Task<StoredContent?> TryReadAsync(string key, int maximumSize, CancellationToken cancellation) =>
        RunAsync(StoreAction.Read, key, () => TryReadWholeAsync(key, maximumSize, cancellation));

    /// <summary>Begins an object of unknown size. When it is complete, it replaces the existing object.</summary>
    public Task<ObjectWriter> CreateAsync(string key, CancellationToken cancellation) =>
        CreateAsync(key, WriteCondition.None, cancellation);

    /// <summary>Begins an object of unknown size. The condition is checked when the object is complete.</summary>
    public async Task<ObjectWriter> CreateAsync(string key, WriteCondition condition, CancellationToken cancellation) =>
        new(await RunAsync(StoreAction.Write, key, () => _driver.CreateAsync(key, condition, cancellation)), key, _errors);

    /// <summary>Writes a small object whole, and returns its new ETag.</summary>
    public async Task<string> PutAsync(
        string key, ReadOnlyMemory<byte> content, WriteCondition condition, CancellationToken cancellation) =>
        await RunAsync(StoreAction.Write, key, () => _driver.TryPutAsync(key, content, condition, cancellation))
            ?? throw _errors.Conflict(key);

    /// <summary>Writes a small object whose content is produced while it is written, and returns its new ETag.</summary>
    public async Task<string> PutContentAsync(
        string key, ObjectContent content, WriteCondition condition, CancellationToken cancellation) =>
        await RunAsync(StoreAction.Write, key, () => _driver.TryPutAsync(key, content, condition, cancellation))
            ?? throw _errors.Conflict(key);

    /// <summary>Deletes an object; false if it did not exist.</summary>
    public Task<bool> DeleteAsync(string key, CancellationToken cancellation) =>
        RunAsync(StoreAction.Delete, key, () => _driver.DeleteAsync(key, cancellation));

    /// <summary>Takes a lease on a name, which need not be the key of an object. Null if it is held elsewhere.</summary>
    /// <remarks>A holder that died is only noticed when it has been silent for its whole duration. Watching that takes an earlier call on
    /// this same store, or <see cref="LeaseAsync"/> with more patience than the duration.</remarks>
    public async Task<Lease?> TryLeaseAsync(string key, TimeSpan duration, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(duration, TimeSpan.Zero);
        var asked = _time.GetTimestamp();
        var hold = await RunAsync(StoreAction.Lease, key, () => _driver.TryLeaseAsync(key, duration, cancellation));
        return hold is null ? null : new Lease(key, hold, new LeaseTime(hold.Duration, asked, _time), _errors);
    }

    /// <summary>Waits for a lease; null when the patience is over.</summary>
    public async Task<Lease?> LeaseAsync(string key, TimeSpan duration, TimeSpan patience, CancellationToken cancellation)
    {
        var began = _time.GetTimestamp();
        while (true)
        {
            var lease = await TryLeaseAsync(key, duration, cancellation);
            var left = patience - _time.GetElapsedTime(began);
            if (lease is not null || left <= TimeSpan.Zero)
            {
                return lease;
            }
            // Often enough to lose little time when the lease becomes free, and at random,
            // so that many waiting processes do not ask at once.
            var pause = duration / 20 * (1 + Random.Shared.NextDouble());
            await Task.Delay(pause < left ? pause : left, _time, cancellation);
        }
    }

    private async Task<StoredContent?> TryReadWholeAsync(string key, int maximumSize, CancellationToken cancellation)
    {
        await using var opened = await _driver.TryOpenReadAsync(key, offset: 0, maximumSize, cancellation);
        if (opened?.Object.Size > maximumSize)
        {
            throw _errors.Failure(StorageFailure.Invalid, StoreAction.Read, key,
                $"{opened.Object.Size} bytes; the limit is {maximumSize}");
        }
        return opened is null ? null : await opened.ReadWholeAsync(cancellation);
    }

    private Task<T> RunAsync<T>(StoreAction action, string key, Func<Task<T>> work)
    {
        Require(StoreKey.Fault(key), action, key);
        return _errors.RunAsync(action, key, work);
    }

    private void Require(string? fault, StoreAction action, string key)
    {
        if (fault is not null)
        {
            throw _errors.Failure(StorageFailure.Invalid, action, key, fault);
        }
    }

    private StorageException NotFound(string key) =>
        _errors.Failure(StorageFailure.NotFound, StoreAction.Read, key, "there is no such object");
}
