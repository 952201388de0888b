using System.Collections.Concurrent;
using Amazon.S3.Model;
using Mirror.Storage.Parts;

namespace Mirror.Storage.S3;

/// <summary>Uploads one object with a multipart upload.</summary>
internal sealed class S3Parts(S3Bucket bucket, string key, WriteCondition condition) : IPartTarget
{
    private readonly S3MarkedWrite _write = new(bucket, key, condition);
    private readonly ConcurrentDictionary<int, PartETag> _parts = new();
    private string _uploadId = "";

    public required S3Put Put { get; init; }

    public required S3Download Download { get; init; }

    public required AbandonedUploads Lost { get; init; }

    public Task<StoredObject?> TryPutWholeAsync(ReadOnlyMemory<byte> content, CancellationToken cancellation) =>
        Put.TryRunAsync(key, content, condition, bucket.Address.StorageClass, cancellation);

    public async Task BeginAsync(CancellationToken cancellation)
    {
        await Lost.RetryAsync(cancellation);
        var request = new InitiateMultipartUploadRequest
        {
            BucketName = bucket.Name,
            Key = _write.Name,
            ContentType = "application/octet-stream",
            StorageClass = bucket.Address.StorageClass,
            ChecksumAlgorithm = bucket.Checksum,
        };
        _write.Mark(request.Metadata);
        var answer = await bucket.AskAsync((client, token) => client.InitiateMultipartUploadAsync(request, token), cancellation);
        _uploadId = answer.UploadId;
    }

    public async Task PutPartAsync(int number, ReadOnlyMemory<byte> content, CancellationToken cancellation)
    {
        var answer = await bucket.SendAsync((client, token) => client.UploadPartAsync(Request(number, content), token), cancellation);
        _parts[number] = new PartETag(answer, copyChecksums: bucket.Checksum is not null)
        {
            PartNumber = number,
            ETag = S3Text.Quoted(S3Text.ETag(answer.ETag)),
        };
    }

    /// <summary>
    /// Joins the parts. Amazon checks the condition of the write itself. Ceph and others do not, so it is also checked just before. In
    /// between, these servers may let two writers succeed.
    /// </summary>
    public async Task<StoredObject?> TryJoinAsync(int count, long size, CancellationToken cancellation)
    {
        if (condition != WriteCondition.None && !condition.Allows(await Download.TryStatAsync(key, cancellation)))
        {
            return null;
        }
        return await _write.RunAsync(
            async () =>
            {
                var answer = await bucket.SendAsync(
                    (client, token) => client.CompleteMultipartUploadAsync(JoinRequest(), token), cancellation);
                // Older versions of Ceph do not return it.
                return string.IsNullOrEmpty(answer.ETag)
                    ? await Download.TryStatAsync(key, cancellation)
                    : new StoredObject(key, size, S3Text.ETag(answer.ETag), bucket.Now);
            },
            cancellation);
    }

    public Task AbortAsync(CancellationToken cancellation) => Lost.AbortAsync(_write.Name, _uploadId, cancellation);

    private UploadPartRequest Request(int number, ReadOnlyMemory<byte> content) => new()
    {
        BucketName = bucket.Name,
        Key = _write.Name,
        UploadId = _uploadId,
        PartNumber = number,
        PartSize = content.Length,
        ChecksumAlgorithm = bucket.Checksum,
        InputStream = S3Put.Stream(content),
        DisablePayloadSigning = bucket.IsEncrypted,
        UseChunkEncoding = bucket.IsEncrypted,
    };

    private CompleteMultipartUploadRequest JoinRequest() => new()
    {
        BucketName = bucket.Name,
        Key = _write.Name,
        UploadId = _uploadId,
        PartETags = [.. _parts.OrderBy(part => part.Key).Select(part => part.Value)],
        IfNoneMatch = condition.IsAbsenceRequired ? "*" : null,
        IfMatch = condition.RequiredETag,
    };
}
