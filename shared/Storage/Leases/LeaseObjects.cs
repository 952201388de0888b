using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Mirror.Storage.Drivers;

namespace Mirror.Storage.Leases;

/// <summary>
/// Leases for stores without leases of their own: small objects, changed by compare-and-set. The clocks of two machines are never
/// compared. A process that wants a held lease watches the object, and takes the lease when the object has not changed for the holder's
/// whole duration by the watcher's own clock. By then the holder has given up, since it counts from before its last write.
/// </summary>
internal sealed class LeaseObjects(IStoreDriver driver, TimeProvider time)
{
    // One for each lease that this process had to wait for.
    private readonly ConcurrentDictionary<string, Sighting> _sightings = new();

    public async Task<ILeaseHold?> TryTakeAsync(string key, TimeSpan duration, CancellationToken cancellation)
    {
        var place = PlaceOf(key);
        var found = await TryReadAsync(driver, place, cancellation);
        if (found is not null && !IsFree(place, found, duration))
        {
            return null;
        }
        var mine = new LeaseObject(RandomNumberGenerator.GetHexString(32, lowercase: true), Renewal: 0, duration, key);
        var condition = found is null ? WriteCondition.IfAbsent : WriteCondition.IfMatch(found.ETag);
        var etag = await driver.TryPutAsync(place, mine.ToBytes(), condition, cancellation);
        return etag is null ? null : new Hold(driver, place, mine, etag);
    }

    /// <summary>The key is hashed: <c>a</c> and <c>a/b</c> may both be leased, but a directory could not hold both as files.</summary>
    internal static string PlaceOf(string key) =>
        $"{StoreKey.Own}lease/{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)))}";

    private bool IsFree(string place, StoredContent found, TimeSpan duration)
    {
        if (found.Bytes.IsEmpty)
        {
            return true;
        }
        var sighting = _sightings.AddOrUpdate(
            place,
            _ => new Sighting(found.ETag, time.GetTimestamp()),
            (_, before) => before.ETag == found.ETag ? before : new Sighting(found.ETag, time.GetTimestamp()));
        var silence = LeaseObject.Parse(found.Bytes.Span)?.Duration ?? duration;
        return time.GetElapsedTime(sighting.Since) >= silence;
    }

    private static async Task<StoredContent?> TryReadAsync(IStoreDriver driver, string place, CancellationToken cancellation)
    {
        await using var opened = await driver.TryOpenReadAsync(place, offset: 0, LeaseObject.MaxSize, cancellation);
        return opened switch
        {
            null => null,
            { Object.Size: > LeaseObject.MaxSize } => throw new InvalidDataException($"the lease is {opened.Object.Size} bytes long"),
            _ => await opened.ReadWholeAsync(cancellation),
        };
    }

    private readonly record struct Sighting(string ETag, long Since);

    private sealed class Hold(IStoreDriver driver, string place, LeaseObject mine, string etag) : ILeaseHold
    {
        private LeaseObject _mine = mine;
        private string _etag = etag;

        public TimeSpan Duration => _mine.Duration;

        public async Task<bool> TryRenewAsync(CancellationToken cancellation) =>
            await TryWriteAsync(cancellation) || (await IsStillMineAsync(cancellation) && await TryWriteAsync(cancellation));

        public Task ReleaseAsync(CancellationToken cancellation) =>
            driver.TryPutAsync(place, ReadOnlyMemory<byte>.Empty, WriteCondition.IfMatch(_etag), cancellation);

        private async Task<bool> TryWriteAsync(CancellationToken cancellation)
        {
            _mine = _mine with { Renewal = _mine.Renewal + 1 };
            var etag = await driver.TryPutAsync(place, _mine.ToBytes(), WriteCondition.IfMatch(_etag), cancellation);
            _etag = etag ?? _etag;
            return etag is not null;
        }

        /// <summary>After a renewal whose answer was lost, the ETag has changed although no other process wrote.</summary>
        private async Task<bool> IsStillMineAsync(CancellationToken cancellation)
        {
            var found = await TryReadAsync(driver, place, cancellation);
            if (found is null || LeaseObject.Parse(found.Bytes.Span)?.Owner != _mine.Owner)
            {
                return false;
            }
            _etag = found.ETag;
            return true;
        }
    }
}
