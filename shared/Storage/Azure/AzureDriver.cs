using Azure;
using Azure.Storage.Blobs.Models;
using Mirror.Storage.Drivers;
using Mirror.Storage.Parts;

namespace Mirror.Storage.Azure;

/// <summary>Stores each object as a block blob, in a container that must exist. The driver only creates blobs.</summary>
internal sealed class AzureDriver(AzureLocation address, AzureLogin login, TimeProvider time) : IStoreDriver
{
    private readonly AzureContainer _container = new(address, login, time);

    public string Name { get; } = string.Join('/',
        new[] { "az:/", address.Account, address.Container, address.Prefix }.Where(part => part.Length > 0));

    public async Task<StoredObject?> TryStatAsync(string key, CancellationToken cancellation)
    {
        try
        {
            var found = (await _container.RunAsync(key, blob => blob.GetPropertiesAsync(conditions: null, cancellation), cancellation))
                .Value;
            return AzureBlob.Describe(key, found.ContentLength, found.ETag, found.LastModified);
        }
        catch (RequestFailedException absence) when (AzureBlob.IsAbsence(absence))
        {
            return null;
        }
    }

    public IAsyncEnumerable<StoredObject> ListAsync(string prefix, CancellationToken cancellation) =>
        AzureListing.ReadAsync(_container, prefix, cancellation);

    public async Task<OpenedObject?> TryOpenReadAsync(string key, long offset, long? size, CancellationToken cancellation)
    {
        try
        {
            return await new AzureDownload(_container, key, time).TryOpenAsync(offset, size, cancellation);
        }
        catch (RequestFailedException beyond) when (beyond.Status == 416)
        {
            // The offset is at or beyond the end, or the blob is empty.
            return await TryStatAsync(key, cancellation) is { } found ? new OpenedObject(found, Stream.Null) : null;
        }
    }

    public Task<IUpload> CreateAsync(string key, WriteCondition condition, CancellationToken cancellation) =>
        Task.FromResult<IUpload>(new PartUpload(new AzureUpload(_container, key, condition)));

    public async Task<string?> TryPutAsync(
        string key, ReadOnlyMemory<byte> content, WriteCondition condition, CancellationToken cancellation) =>
        (await new AzureUpload(_container, key, condition).TryPutWholeAsync(content, cancellation))?.ETag;

    public async Task<bool> DeleteAsync(string key, CancellationToken cancellation)
    {
        try
        {
            await _container.RunAsync(
                key, blob => blob.DeleteAsync(DeleteSnapshotsOption.IncludeSnapshots, conditions: null, cancellation), cancellation);
            return true;
        }
        catch (RequestFailedException absence) when (AzureBlob.IsAbsence(absence))
        {
            return false;
        }
    }

    public Task<ILeaseHold?> TryLeaseAsync(string key, TimeSpan duration, CancellationToken cancellation) =>
        AzureLease.TryTakeAsync(_container, key, duration, cancellation);

    public (StorageFailure Failure, string Message)? Explain(Exception exception, StoreAction action) =>
        AzureFailure.Explain(exception, new AzureErrorContext(action, address, _container.LatestConnection, time.GetUtcNow()));
}
