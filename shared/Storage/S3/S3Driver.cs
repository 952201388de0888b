using Amazon.S3.Model;
using Mirror.Storage.Drivers;
using Mirror.Storage.Leases;
using Mirror.Storage.Parts;

namespace Mirror.Storage.S3;

/// <summary>
/// Stores objects in a bucket of Amazon S3 or a compatible server. ETags are digests of the content, so writing the same content again
/// does not change the ETag.
/// </summary>
internal sealed class S3Driver : IStoreDriver
{
    private readonly S3Bucket _bucket;
    private readonly S3Download _download;
    private readonly S3Put _put;
    private readonly AbandonedUploads _lost;
    private readonly S3Failure _failure;
    private readonly LeaseObjects _leases;

    public S3Driver(S3Location address, S3Login login, TimeProvider time)
    {
        Name = address.Prefix.Length == 0 ? $"s3://{address.Bucket}" : $"s3://{address.Bucket}/{address.Prefix}";
        _bucket = new S3Bucket(address, login, time);
        _failure = new S3Failure(_bucket);
        _download = new S3Download(_bucket, _failure, time);
        _put = new S3Put(_bucket);
        _lost = new AbandonedUploads(_bucket);
        _leases = new LeaseObjects(this, time);
    }

    public string Name { get; }

    public Task<StoredObject?> TryStatAsync(string key, CancellationToken cancellation) => _download.TryStatAsync(key, cancellation);

    public IAsyncEnumerable<StoredObject> ListAsync(string prefix, CancellationToken cancellation) =>
        S3Listing.ReadAsync(_bucket, prefix, cancellation);

    public Task<OpenedObject?> TryOpenReadAsync(string key, long offset, long? size, CancellationToken cancellation) =>
        _download.TryOpenAsync(key, offset, size, cancellation);

    public Task<IUpload> CreateAsync(string key, WriteCondition condition, CancellationToken cancellation) =>
        Task.FromResult<IUpload>(new PartUpload(new S3Parts(_bucket, key, condition) { Put = _put, Download = _download, Lost = _lost }));

    public async Task<string?> TryPutAsync(
        string key, ReadOnlyMemory<byte> content, WriteCondition condition, CancellationToken cancellation) =>
        (await _put.TryRunAsync(key, content, condition, storageClass: null, cancellation))?.ETag;

    /// <summary>Checks first, since S3 does not report whether the object existed. Also, in a bucket with versions, deleting a missing
    /// object leaves a delete marker.</summary>
    public async Task<bool> DeleteAsync(string key, CancellationToken cancellation)
    {
        if (await TryStatAsync(key, cancellation) is null)
        {
            return false;
        }
        var request = new DeleteObjectRequest { BucketName = _bucket.Name, Key = _bucket.Prefix.Add(key) };
        await _bucket.AskAsync((client, token) => client.DeleteObjectAsync(request, token), cancellation);
        return true;
    }

    public Task<ILeaseHold?> TryLeaseAsync(string key, TimeSpan duration, CancellationToken cancellation) =>
        _leases.TryTakeAsync(key, duration, cancellation);

    public (StorageFailure Failure, string Message)? Explain(Exception exception, StoreAction action) =>
        _failure.Explain(exception, action);
}
